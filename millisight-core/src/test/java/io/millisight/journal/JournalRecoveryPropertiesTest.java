package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Observation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Random use, random damage: what recovery hands on is exactly what was appended behind the cursor and is not damaged.
 *
 * <p>The oracle compares bytes: a record is undamaged if every byte that its seals cover is as it was when it was written.
 */
class JournalRecoveryPropertiesTest {

    private static final int SLOTS = 64;

    /** What was appended and where it lies, with the bytes that its seals cover. */
    private record Written(
            int lane,
            long position,
            int slots,
            long number,
            @Nullable String userId,
            String bytes) {}

    @Property(tries = 400)
    void recoversExactlyTheUndamagedRecordsBehindTheCursor(@ForAll long seed) {
        Random random = new Random(seed);
        SmallRing ring = new SmallRing(1 << random.nextInt(3), SLOTS);
        List<Written> written = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            use(ring, random, written);
            JournalCursor stored = storedCursor(ring, random);
            damage(ring, random);
            List<Written> expected = undamagedBehind(ring, written, stored);
            ring = ring.afterCrash(Optional.of(stored));
            List<Observation> recovered = ring.poll();
            assertThat(recovered.stream().map(o -> o.completedAtMicros() + ":" + o.userId()))
                    .containsExactlyElementsOf(expected.stream()
                            .map(w -> w.number() + ":" + w.userId())
                            .toList());
            assertThat(ring.reader.hasReachedTail(ring.reader.tails())).isTrue();
            // Not forgotten: what damage hid, later damage may bring back, and it is a true record then.
        }
    }

    @Property(tries = 200)
    void recoversNothingFromNoise(@ForAll long seed) {
        Random random = new Random(seed);
        SmallRing ring = new SmallRing(2, SLOTS);
        byte[] noise = new byte[2 * SLOTS * SlotLayout.SLOT_BYTES];
        random.nextBytes(noise);
        ring.file.buffer().put(RingFile.HEADER_BYTES, noise);
        assertThat(ring.afterCrash().poll()).isEmpty();
    }

    private static void use(SmallRing ring, Random random, List<Written> written) {
        int steps = random.nextInt(300);
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(8)) {
                case 0 -> ring.reader.poll(random.nextInt(20), observation -> {});
                case 1 -> ring.freeAllRead();
                default -> append(ring, random, written);
            }
        }
    }

    private static void append(SmallRing ring, Random random, List<Written> written) {
        JournalCursor before = ring.reader.tails();
        long number = random.nextLong() >>> 20;
        String userId = random.nextInt(3) == 0 ? JournalTest.text('a', 1 + random.nextInt(400)) : null;
        if (!ring.append(number, userId)) {
            assertThat(ring.reader.tails()).isEqualTo(before);
            return;
        }
        JournalCursor after = ring.reader.tails();
        for (int lane = 0; lane < after.lanes(); lane++) {
            long position = before.position(lane);
            int slots = (int) (after.position(lane) - position);
            if (slots > 0) {
                written.add(new Written(
                        lane, position, slots, number, userId, covered(ring, lane, position, slots, userId != null)));
            }
        }
    }

    /** The store is as far as the freed position, or a little ahead of it or behind. */
    private static JournalCursor storedCursor(SmallRing ring, Random random) {
        long[] positions = new long[ring.journal.lanes()];
        for (int lane = 0; lane < positions.length; lane++) {
            positions[lane] = random.nextBoolean()
                    ? ring.reader.cursor().position(lane)
                    : Math.max(0, ring.journal.freed(lane) - random.nextInt(100));
        }
        return JournalCursor.of(positions);
    }

    private static void damage(SmallRing ring, Random random) {
        ByteBuffer bytes = ring.file.buffer();
        int slots = ring.journal.lanes() * SLOTS;
        flip(bytes, RingFile.FREED_OFFSET + random.nextInt(ring.journal.lanes() * RingFile.FREED_STRIDE), random);
        int times = random.nextInt(6);
        for (int time = 0; time < times; time++) {
            int slot = RingFile.HEADER_BYTES + random.nextInt(slots) * SlotLayout.SLOT_BYTES;
            int other = RingFile.HEADER_BYTES + random.nextInt(slots) * SlotLayout.SLOT_BYTES;
            byte[] here = slot(bytes, slot);
            byte[] there = slot(bytes, other);
            switch (random.nextInt(6)) {
                case 0 -> flip(bytes, slot + random.nextInt(SlotLayout.SLOT_BYTES), random);
                case 1 -> bytes.put(slot, new byte[SlotLayout.SLOT_BYTES]);
                case 2 -> bytes.put(slot, there).put(other, here);
                case 3 -> bytes.put(slot, there);
                case 4 -> shiftAllBehind(bytes, slot);
                default -> bytes.putLong(slot + SlotLayout.SEAL_OFFSET, 0);
            }
        }
    }

    private static void flip(ByteBuffer bytes, int at, Random random) {
        bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
    }

    /** Every slot from here on moves back by one. */
    private static void shiftAllBehind(ByteBuffer bytes, int slot) {
        byte[] rest = new byte[bytes.capacity() - slot - SlotLayout.SLOT_BYTES];
        bytes.get(slot, rest);
        bytes.put(slot + SlotLayout.SLOT_BYTES, rest);
    }

    private static List<Written> undamagedBehind(SmallRing ring, List<Written> written, JournalCursor stored) {
        return written.stream()
                .filter(w -> w.position() >= Math.max(ring.journal.freed(w.lane()), stored.position(w.lane())))
                .filter(w -> w.bytes().equals(covered(ring, w.lane(), w.position(), w.slots(), w.userId() != null)))
                .sorted(Comparator.comparingInt(Written::lane).thenComparingLong(Written::position))
                .toList();
    }

    /** The bytes that the seals of a record cover. */
    private static String covered(SmallRing ring, int lane, long position, int slots, boolean text) {
        StringBuilder covered = new StringBuilder(slots * SlotLayout.SLOT_BYTES);
        for (int i = 0; i < slots; i++) {
            byte[] slot = slot(ring.file.buffer(), ring.slotOffset(lane, position + i));
            if (!text) {
                Arrays.fill(slot, SlotLayout.HEAD_TEXT_OFFSET, SlotLayout.SEAL_OFFSET, (byte) 0);
            }
            covered.append(new String(slot, StandardCharsets.ISO_8859_1));
        }
        return covered.toString();
    }

    private static byte[] slot(ByteBuffer bytes, int offset) {
        byte[] slot = new byte[SlotLayout.SLOT_BYTES];
        bytes.get(offset, slot);
        return slot;
    }
}
