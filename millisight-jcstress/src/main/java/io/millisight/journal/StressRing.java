package io.millisight.journal;

import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A ring of very few slots, made afresh for every trial. Many thousands of trials live at once and millions a run: their
 * bytes come round robin out of one slab, far larger than all that live, since direct memory of their own would cost more
 * than the trials. Old bytes are part of the test: they bear seals of another journal.
 */
final class StressRing {

    private static final int SLAB_RINGS = 1 << 14;
    private static final int MAX_SLOTS = 8;
    private static final int RING_BYTES = RingFile.HEADER_BYTES + MAX_SLOTS * SlotLayout.SLOT_BYTES;
    private static final ByteBuffer SLAB = SlotLayout.allocate(SLAB_RINGS * RING_BYTES);
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final EndpointDictionary ENDPOINTS = EndpointDictionary.inMemory(1);

    /** Longer than a head holds: the record takes two slots. */
    private static final String TWO_SLOTS = "0123456789012345678901234567890123456789";

    final Journal journal;
    final JournalReader reader;

    /** A ring of one lane, so that all actors meet. */
    StressRing(int slots) {
        int ring = Math.floorMod(NEXT.getAndIncrement(), SLAB_RINGS);
        ByteBuffer bytes = SLAB.slice(ring * RING_BYTES, RingFile.HEADER_BYTES + slots * SlotLayout.SLOT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        RingFile file = RingFile.over(bytes, 1, "jcstress");
        journal = new Journal(file);
        reader = JournalRecovery.recover(journal, file, ENDPOINTS, Optional.empty(), TimeSource.SYSTEM);
    }

    /** Appends the record of this number, 1 to 9, in one slot. */
    boolean append(int number) {
        return journal.append(0, number, 0, number * 1_000L, number, null, null);
    }

    /** Appends the record of this number, 1 to 9, in two slots. */
    boolean appendLong(int number) {
        return journal.append(0, number, 0, number * 1_000L, number, TWO_SLOTS, null);
    }

    /**
     * Reads what is there.
     *
     * @return the numbers read, as decimal digits in the order they came; -1 if a record was not what was appended
     */
    int poll() {
        Digits digits = new Digits();
        reader.poll(Integer.MAX_VALUE, digits::add);
        return digits.value;
    }

    /** Lets producers overwrite what has been read. */
    void free() {
        journal.free(reader.cursor());
    }

    private static final class Digits {
        private int value;

        void add(Observation observation) {
            int number = observation.status();
            String userId = observation.userId();
            boolean whole = observation.completedAtMicros() == number
                    && observation.durationNanos() == number
                    && (userId == null || userId.equals(TWO_SLOTS));
            value = whole && value >= 0 ? 10 * value + number : -1;
        }
    }
}
