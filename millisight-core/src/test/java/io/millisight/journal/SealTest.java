package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SealTest {

    private static final long SEED = Seal.seed(1, 2, 3);

    @Test
    void differsByJournalLaneAndPosition() {
        Set<Long> seeds = new HashSet<>();
        for (long journal = 0; journal < 8; journal++) {
            for (int lane = 0; lane < RingFile.MAX_LANES; lane++) {
                for (long position = 0; position < 256; position++) {
                    seeds.add(Seal.seed(journal << 20, lane, position));
                }
            }
        }
        assertThat(seeds).hasSize(8 * RingFile.MAX_LANES * 256);
    }

    @Test
    void isNeverZeroWhichIsASlotNeverWritten() {
        ByteBuffer zeros = slot();
        for (long position = 0; position < 10_000; position++) {
            long seed = Seal.seed(0, 0, position);
            assertThat(Seal.ofHead(zeros, 0, seed)).isNotZero();
            assertThat(Seal.ofContinuation(zeros, 0, seed)).isNotZero();
        }
    }

    @Test
    void tellsHeadsFromContinuations() {
        ByteBuffer slot = randomSlot(1);
        assertThat(Set.of(
                        Seal.ofHead(slot, 0, SEED),
                        Seal.ofHeadWithText(slot, 0, SEED),
                        Seal.ofContinuation(slot, 0, SEED)))
                .hasSize(3);
    }

    @Test
    void ofWordsInRegistersIsThatOfWordsInMemory() {
        ByteBuffer slot = randomSlot(2);
        assertThat(Seal.ofHead(slot.getLong(0), slot.getLong(8), slot.getLong(16), SEED))
                .isEqualTo(Seal.ofHead(slot, 0, SEED));
    }

    @Test
    void ofAHeadWithoutTextIgnoresWhatAnEarlierLapLeftBehindTheWords() {
        ByteBuffer slot = randomSlot(3);
        long seal = Seal.ofHead(slot, 0, SEED);
        slot.putLong(24, ~slot.getLong(24));
        assertThat(Seal.ofHead(slot, 0, SEED)).isEqualTo(seal);
    }

    @Property(tries = 500)
    void changesWithEveryBit(@ForAll long random, @ForAll @IntRange(max = 447) int bit) {
        ByteBuffer slot = randomSlot(random);
        long head = Seal.ofHeadWithText(slot, 0, SEED);
        long continuation = Seal.ofContinuation(slot, 0, SEED);
        slot.put(bit / 8, (byte) (slot.get(bit / 8) ^ 1 << bit % 8));
        assertThat(Seal.ofHeadWithText(slot, 0, SEED)).isNotEqualTo(head);
        assertThat(Seal.ofContinuation(slot, 0, SEED)).isNotEqualTo(continuation);
    }

    @Property(tries = 500)
    void changesWhenTwoWordsAreExchanged(
            @ForAll long random, @ForAll @IntRange(max = 6) int one, @ForAll @IntRange(max = 6) int other) {
        ByteBuffer slot = randomSlot(random);
        long seal = Seal.ofHeadWithText(slot, 0, SEED);
        long word = slot.getLong(8 * one);
        slot.putLong(8 * one, slot.getLong(8 * other));
        slot.putLong(8 * other, word);
        assertThat(Seal.ofHeadWithText(slot, 0, SEED) == seal).isEqualTo(one == other);
    }

    private static ByteBuffer slot() {
        return ByteBuffer.allocate(SlotLayout.SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer randomSlot(long seed) {
        byte[] bytes = new byte[SlotLayout.SLOT_BYTES];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
