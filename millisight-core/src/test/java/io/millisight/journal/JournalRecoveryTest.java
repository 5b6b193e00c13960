package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalRecoveryTest {

    @Test
    void findsWhatWasNotFreed() {
        SmallRing ring = filled(1, 64, 10);
        ring.journal.free(JournalCursor.of(4));
        assertThat(ring.afterCrash().pollNumbers()).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void findsAFullRingThatWrapped() {
        SmallRing ring = new SmallRing(1, 64);
        for (long n = 0; n < 100; n++) {
            ring.append(n);
            if (n < 36) {
                ring.poll();
                ring.freeAllRead();
            }
        }
        assertThat(ring.afterCrash().pollNumbers())
                .containsExactlyElementsOf(LongStream.range(36, 100).boxed().toList());
    }

    @Test
    void findsAnEmptyRingEmpty() {
        SmallRing ring = new SmallRing(2, 64).afterCrash();
        assertThat(ring.poll()).isEmpty();
        assertThat(ring.reader.torn()).isZero();
    }

    @Test
    void appendsBehindWhatItFound() {
        SmallRing ring = filled(1, 64, 10).afterCrash();
        ring.append(10);
        assertThat(ring.pollNumbers())
                .containsExactlyElementsOf(LongStream.rangeClosed(0, 10).boxed().toList());
        assertThat(ring.reader.cursor()).isEqualTo(JournalCursor.of(11));
    }

    @Test
    void recoversTheSameAgainAfterASecondCrash() {
        SmallRing ring = filled(1, 64, 10).afterCrash();
        ring.pollNumbers();
        ring.append(10);
        SmallRing again = ring.afterCrash();
        assertThat(again.pollNumbers())
                .containsExactlyElementsOf(LongStream.rangeClosed(0, 10).boxed().toList());
    }

    @Test
    void beginsAtTheStoresCursorWhenTheRingWasNotFreedYet() {
        SmallRing ring = filled(1, 64, 10);
        SmallRing next = ring.afterCrash(Optional.of(JournalCursor.of(7)));
        assertThat(next.pollNumbers()).containsExactly(7L, 8L, 9L);
        assertThat(next.journal.freed(0)).isEqualTo(7);
        assertThat(next.file.freed(0)).isEqualTo(7);
    }

    @Test
    void beginsAtTheFreedPositionWhenTheStoreIsBehindIt() {
        SmallRing ring = filled(1, 64, 10);
        ring.journal.free(JournalCursor.of(7));
        assertThat(ring.afterCrash(Optional.of(JournalCursor.of(2))).pollNumbers())
                .containsExactly(7L, 8L, 9L);
    }

    @Test
    void goesOnAtTheStoresCursorWhenItIsBehindEverythingTheRingHas() {
        SmallRing ring = filled(1, 64, 10).afterCrash(Optional.of(JournalCursor.of(1_000)));
        assertThat(ring.poll()).isEmpty();
        ring.append(1_000);
        assertThat(ring.pollNumbers()).containsExactly(1_000L);
        assertThat(ring.reader.cursor()).isEqualTo(JournalCursor.of(1_001));
    }

    @Test
    void readsACursorOfFewerLanesAsFarAsItGoes() {
        SmallRing ring = filled(2, 64, 128);
        SmallRing next = ring.afterCrash(Optional.of(JournalCursor.of(64)));
        assertThat(next.poll()).hasSize(64);
    }

    @Test
    void doesNotTakeARecordWhoseHeadIsUnsealedAndTakesThoseBehindIt() {
        SmallRing ring = filled(1, 64, 3);
        ring.unseal(0, 1);
        SmallRing next = ring.afterCrash();
        assertThat(next.pollNumbers()).containsExactly(0L, 2L);
        assertThat(next.reader.torn()).isEqualTo(1);
    }

    /** What kill -9 leaves of an append, one store before its last, with every length of text. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32, 33, 88, 89, 144, 145, 1_023})
    void doesNotTakeAnAppendThatWasKilledBeforeItsLastStore(int textBytes) {
        SmallRing ring = new SmallRing(1, 64);
        ring.append(1);
        ring.append(2, JournalTest.text('u', textBytes));
        ring.unseal(0, 1);
        SmallRing killed = ring.afterCrash();
        assertThat(killed.pollNumbers()).containsExactly(1L);
        assertThat(killed.append(3, JournalTest.text('v', 150))).isTrue();
        assertThat(killed.append(4)).isTrue();
        assertThat(killed.pollNumbers()).containsExactly(3L, 4L);
        assertThat(killed.reader.torn()).as("half written, and counted").isEqualTo(1);
        assertThat(killed.afterCrash().pollNumbers()).containsExactly(1L, 3L, 4L);
    }

    @Test
    void countsATornRecordOfSeveralSlotsOnceWhenItsContinuationsAreWhole() {
        SmallRing ring = new SmallRing(1, 64);
        ring.append(1, JournalTest.text('u', 200));
        ring.append(2);
        ring.unseal(0, 0);
        SmallRing next = ring.afterCrash();
        assertThat(next.pollNumbers()).containsExactly(2L);
        assertThat(next.reader.torn()).isEqualTo(1);
    }

    @Test
    void doesNotTakeARecordWithADamagedContinuation() {
        SmallRing ring = new SmallRing(1, 64);
        ring.append(1, JournalTest.text('u', 200));
        ring.append(2);
        ring.file.buffer().put(ring.slotOffset(0, 2) + 5, (byte) 'x');
        SmallRing next = ring.afterCrash();
        assertThat(next.pollNumbers()).containsExactly(2L);
        assertThat(next.reader.torn()).isEqualTo(2);
    }

    @Test
    void readsTheOtherCopyOfADamagedFreedPosition() {
        for (int copy : new int[] {0, RingFile.FREED_COPY}) {
            SmallRing ring = filled(1, 64, 10);
            ring.journal.free(JournalCursor.of(4));
            ring.file.buffer().put(RingFile.FREED_OFFSET + copy, (byte) 99);
            SmallRing next = ring.afterCrash();
            assertThat(next.pollNumbers()).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
            assertThat(next.file.freed(0)).as("mended").isEqualTo(4);
        }
    }

    @Test
    void beginsAtTheStoresCursorWhenTheFreedPositionIsLost() {
        SmallRing ring = filled(1, 64, 10);
        ring.journal.free(JournalCursor.of(4));
        loseFreed(ring);
        assertThat(ring.afterCrash(Optional.of(JournalCursor.of(6))).pollNumbers())
                .containsExactly(6L, 7L, 8L, 9L);
    }

    @Test
    void beginsAtTheBeginningWhenNobodyKnowsMore() {
        SmallRing ring = filled(1, 64, 10);
        loseFreed(ring);
        assertThat(ring.afterCrash().pollNumbers())
                .containsExactlyElementsOf(LongStream.range(0, 10).boxed().toList());
    }

    @Test
    void findsTheLapByTheSealsWhenTheFreedPositionIsLostAndTheStoreIsFarBehind() {
        SmallRing ring = filled(1, 64, 10);
        for (long n = 10; n < 5_000; n++) {
            ring.poll();
            ring.freeAllRead();
            ring.append(n);
        }
        ring.unseal(0, 4_992); // In the slot that is tried first.
        loseFreed(ring);
        SmallRing next = ring.afterCrash(Optional.of(JournalCursor.of(7)));
        List<Long> expected = new ArrayList<>();
        for (long n = 5_000 - 64; n < 5_000; n++) {
            if (n != 4_992) {
                expected.add(n);
            }
        }
        assertThat(next.pollNumbers()).as("all that the ring has").isEqualTo(expected);
        assertThat(next.reader.torn()).isEqualTo(1);
        assertThat(next.journal.tail(0)).isEqualTo(5_000);
    }

    @Test
    void takesNothingOlderThanTheStoreWhenTheFreedPositionIsLost() {
        SmallRing ring = filled(1, 64, 60);
        loseFreed(ring);
        assertThat(ring.afterCrash(Optional.of(JournalCursor.of(57))).pollNumbers())
                .containsExactly(57L, 58L, 59L);
    }

    @Test
    void countsDamagedRecordsAtTheEndAndWritesOverThem() {
        SmallRing ring = filled(1, 64, 10);
        ring.unseal(0, 8);
        ring.unseal(0, 9);
        SmallRing next = ring.afterCrash();
        assertThat(next.reader.torn()).isEqualTo(2);
        assertThat(next.append(100)).isTrue();
        assertThat(next.pollNumbers()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 100L);
        assertThat(next.afterCrash().reader.torn())
                .as("one is left, behind the end")
                .isEqualTo(1);
    }

    @Test
    void countsWhatWasWipedAtTheEndOnceTheLaneHasGoneRound() {
        SmallRing ring = filled(1, 64, 60);
        ring.poll();
        ring.freeAllRead();
        for (long n = 60; n < 100; n++) {
            ring.append(n);
        }
        for (long position = 97; position < 100; position++) {
            ring.file.buffer().put(ring.slotOffset(0, position), new byte[SlotLayout.SLOT_BYTES]);
        }
        SmallRing next = ring.afterCrash();
        assertThat(next.reader.torn()).isEqualTo(3);
        assertThat(next.pollNumbers())
                .containsExactlyElementsOf(LongStream.range(60, 97).boxed().toList());
    }

    @Test
    void countsADamagedRecordOfSeveralSlotsAtTheEndOnceForItsHead() {
        SmallRing ring = filled(1, 64, 10);
        ring.append(10, "u".repeat(200));
        ring.unseal(0, 10);
        assertThat(ring.afterCrash().reader.torn()).isEqualTo(1);
    }

    @Test
    void countsNothingWhereAnEarlierLapBegins() {
        SmallRing ring = filled(1, 64, 10);
        for (long n = 10; n < 200; n++) {
            ring.poll();
            ring.freeAllRead();
            ring.append(n, n % 3 == 0 ? "u".repeat(100) : null);
            if (n % 7 == 0) {
                ring = ring.afterCrash();
                assertThat(ring.reader.torn()).isZero();
            }
        }
    }

    /** After a power cut the header page may be older than the slots: they are then more than a lap ahead of it. */
    @Test
    void leavesNoRecordInFrontOfTheTailWhenTheFreedPositionIsOlderThanTheSlots() {
        SmallRing ring = new SmallRing(1, 64);
        List<Long> numbers = new ArrayList<>();
        for (long n = 0; n < 96; n++) {
            ring.append(n);
            ring.poll();
            ring.freeAllRead();
        }
        ring.file.putFreed(0, 0);
        SmallRing next = ring.afterCrash();
        assertThat(next.pollNumbers())
                .containsExactlyElementsOf(LongStream.range(32, 96).boxed().toList());
        next.freeAllRead();
        for (long n = 96; n < 300; n++) {
            next.claimAndDie(0, 1);
            assertThat(next.pollNumbers()).as("nothing of an earlier process").isEmpty();
            next.journal.begin(0, next.journal.freed(0), next.journal.tail(0) - 1);
            next.append(n);
            numbers.addAll(next.pollNumbers());
            next.freeAllRead();
        }
        assertThat(numbers)
                .containsExactlyElementsOf(LongStream.range(96, 300).boxed().toList());
    }

    private static SmallRing filled(int lanes, int slots, int records) {
        SmallRing ring = new SmallRing(lanes, slots);
        for (long n = 0; n < records; n++) {
            assertThat(ring.append(n)).isTrue();
        }
        return ring;
    }

    private static void loseFreed(SmallRing ring) {
        ring.file.buffer().put(RingFile.FREED_OFFSET + 3, (byte) 1);
        ring.file.buffer().put(RingFile.FREED_OFFSET + RingFile.FREED_COPY + 9, (byte) 1);
    }
}
