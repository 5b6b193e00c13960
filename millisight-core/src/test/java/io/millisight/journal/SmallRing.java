package io.millisight.journal;

import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A ring of few slots with its reader, in memory. What is appended is numbered by its instant of completion. */
final class SmallRing {

    final RingFile file;
    final EndpointDictionary endpoints;
    final ManualClock clock = new ManualClock();
    final Journal journal;
    final JournalReader reader;

    SmallRing(int lanes, int slotsPerLane) {
        this(
                RingFile.inMemory((long) lanes * slotsPerLane * SlotLayout.SLOT_BYTES, lanes, "test"),
                EndpointDictionary.inMemory(100),
                Optional.empty());
    }

    private SmallRing(RingFile file, EndpointDictionary endpoints, Optional<JournalCursor> stored) {
        this.file = file;
        this.endpoints = endpoints;
        this.journal = new Journal(file);
        this.reader = JournalRecovery.recover(journal, file, endpoints, stored, clock);
    }

    /** The same bytes, as the next process finds them. */
    SmallRing afterCrash(Optional<JournalCursor> stored) {
        return new SmallRing(file, endpoints, stored);
    }

    SmallRing afterCrash() {
        return afterCrash(Optional.empty());
    }

    boolean append(long number) {
        return append(number, null);
    }

    boolean append(long number, @Nullable String userId) {
        return append(number, userId, null);
    }

    boolean append(long number, @Nullable String userId, @Nullable String path) {
        return journal.append(0, 200, Outcome.COMPLETED.code(), number * 1_000, 1, userId, path);
    }

    List<Observation> poll() {
        List<Observation> polled = new ArrayList<>();
        reader.poll(Integer.MAX_VALUE, polled::add);
        return polled;
    }

    List<Long> pollNumbers() {
        return poll().stream().map(Observation::completedAtMicros).toList();
    }

    void freeAllRead() {
        journal.free(reader.cursor());
    }

    /** Claims slots as a thread does that dies before it seals them. */
    void claimAndDie(int lane, int slots) {
        journal.begin(lane, journal.freed(lane), journal.tail(lane) + slots);
    }

    int slotOffset(int lane, long position) {
        return file.laneOffset(lane) + (int) (position % file.slotsPerLane()) * SlotLayout.SLOT_BYTES;
    }

    void unseal(int lane, long position) {
        file.buffer().putLong(slotOffset(lane, position) + SlotLayout.SEAL_OFFSET, 0);
    }
}
