package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {

    @Test
    void handsOnEveryField() {
        SmallRing ring = new SmallRing(1, 64);
        int id = ring.endpoints.idOf("POST", "/orders/{id}");
        ring.journal.append(
                id,
                503,
                Outcome.TIMEOUT.code() | Journal.STREAM,
                1_700_000_000_123_456_789L,
                987_654_321L,
                "user-7",
                "/orders/42?x=ü");
        assertThat(ring.poll())
                .containsExactly(new Observation(
                        id,
                        new Endpoint("POST", "/orders/{id}"),
                        503,
                        Outcome.TIMEOUT,
                        true,
                        1_700_000_000_123_456L,
                        987_654_321L,
                        "user-7",
                        "/orders/42?x=ü"));
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void handsOnEveryOutcomeWithAndWithoutStream(Outcome outcome) {
        SmallRing ring = new SmallRing(1, 64);
        ring.journal.append(0, 0, outcome.code(), 1_000, 0, null, null);
        ring.journal.append(0, 999, outcome.code() | Journal.STREAM, 1_000, 0, null, null);
        assertThat(ring.poll()).extracting(Observation::outcome).containsExactly(outcome, outcome);
    }

    @Test
    void handsOnEveryStatus() {
        SmallRing ring = new SmallRing(1, 1_024);
        for (int status = 0; status <= 999; status++) {
            ring.journal.append(0, status, 0, 1_000, 0, null, null);
        }
        assertThat(ring.poll())
                .extracting(Observation::status)
                .containsExactlyElementsOf(
                        LongStream.range(0, 1_000).mapToObj(n -> (int) n).toList());
    }

    @Test
    void cutsDurationsToWhatTheSlotHolds() {
        SmallRing ring = new SmallRing(1, 64);
        ring.journal.append(0, 200, 0, 1_000, -5, null, null);
        ring.journal.append(0, 200, 0, 1_000, Long.MAX_VALUE, null, null);
        assertThat(ring.poll())
                .extracting(Observation::durationNanos)
                .containsExactly(0L, SlotLayout.MAX_DURATION_NANOS);
    }

    @Test
    void placesInstantsBefore1970InTheMicrosecondTheyFallInto() {
        SmallRing ring = new SmallRing(1, 64);
        ring.journal.append(0, 200, 0, -1, 0, null, null);
        assertThat(ring.poll()).extracting(Observation::completedAtMicros).containsExactly(-1L);
    }

    @Test
    void reportsAnUnknownEndpointNumberAsOther() {
        SmallRing ring = new SmallRing(1, 64);
        ring.journal.append(77, 200, 0, 1_000, 0, null, null);
        ring.journal.append(-1, 200, 0, 1_000, 0, null, null);
        assertThat(ring.poll()).extracting(Observation::endpoint).containsExactly(Endpoint.OTHER, Endpoint.OTHER);
    }

    @Test
    void handsOnTextOfEveryLengthWhereverTheLaneEnds() {
        SmallRing ring = new SmallRing(1, 64);
        for (int length = 0; length <= 2 * SlotLayout.MAX_TEXT_BYTES; length++) {
            String userId = text('u', Math.min(length, SlotLayout.MAX_TEXT_BYTES));
            String path = text('p', length - userId.length());
            assertThat(ring.append(length, userId, path)).isTrue();
            List<Observation> polled = ring.poll();
            assertThat(polled).hasSize(1);
            assertThat(polled.get(0).completedAtMicros()).isEqualTo(length);
            assertThat(polled.get(0).userId()).isEqualTo(userId.isEmpty() ? null : userId);
            assertThat(polled.get(0).path()).isEqualTo(path.isEmpty() ? null : path);
            ring.freeAllRead();
        }
    }

    @Test
    void cutsTextBeyondItsLimit() {
        SmallRing ring = new SmallRing(1, 64);
        String longer = text('x', 5_000);
        ring.append(1, longer, "é".repeat(600));
        Observation polled = ring.poll().get(0);
        assertThat(polled.userId()).isEqualTo(longer.substring(0, 1_023));
        assertThat(polled.path()).isEqualTo("é".repeat(511));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void takesNothingMoreWhenEveryLaneIsFull(int lanes) {
        SmallRing ring = new SmallRing(lanes, 64);
        for (int n = 0; n < lanes * 64; n++) {
            assertThat(ring.append(n)).isTrue();
        }
        assertThat(ring.journal.fill()).isEqualTo(1.0);
        JournalCursor tails = ring.reader.tails();
        assertThat(ring.append(-1)).isFalse();
        assertThat(ring.append(-1, text('u', 100))).isFalse();
        assertThat(ring.reader.tails()).isEqualTo(tails);
        assertThat(ring.pollNumbers())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, lanes * 64L).boxed().toList());
    }

    @Test
    void doesNotTakeARecordLongerThanALane() {
        SmallRing ring = new SmallRing(1, 8);
        assertThat(ring.append(1, text('u', 1_000))).isFalse();
        assertThat(ring.append(2)).isTrue();
        assertThat(ring.pollNumbers()).containsExactly(2L);
    }

    @Test
    void usesFreedSlotsAgainAndAgain() {
        SmallRing ring = new SmallRing(2, 64);
        for (long n = 0; n < 1_000; n++) {
            assertThat(ring.append(n, n % 3 == 0 ? text('u', (int) n % 200) : null))
                    .isTrue();
            assertThat(ring.pollNumbers()).containsExactly(n);
            ring.freeAllRead();
        }
        assertThat(ring.journal.fill()).isZero();
        assertThat(ring.reader.torn()).isZero();
    }

    @Test
    void doesNotUseSlotsAgainThatAreReadButNotFreed() {
        SmallRing ring = new SmallRing(1, 64);
        while (ring.append(1)) {}
        ring.poll();
        assertThat(ring.append(2)).isFalse();
        ring.journal.free(JournalCursor.of(3));
        assertThat(ring.append(2)).isTrue();
        assertThat(ring.append(2)).isTrue();
        assertThat(ring.append(2)).isTrue();
        assertThat(ring.append(2)).isFalse();
    }

    @Test
    void neverMovesTheFreedPositionBack() {
        SmallRing ring = new SmallRing(1, 64);
        while (ring.append(1)) {}
        ring.journal.free(JournalCursor.of(10));
        ring.journal.free(JournalCursor.of(4));
        assertThat(ring.journal.freed(0)).isEqualTo(10);
        assertThat(ring.file.freed(0)).isEqualTo(10);
    }

    @Test
    void twoThreadsThatFreeNeverMoveTheFreedPositionBack() throws InterruptedException {
        SmallRing ring = new SmallRing(1, 1 << 16);
        while (ring.append(1)) {}
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int parity = 0; parity < 2; parity++) {
            long first = parity;
            threads.add(new Thread(() -> {
                awaitUninterruptibly(go);
                for (long position = first; position <= 1 << 16; position += 2) {
                    ring.journal.free(JournalCursor.of(position));
                }
            }));
        }
        threads.forEach(Thread::start);
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ring.journal.freed(0)).isEqualTo(1 << 16);
        assertThat(ring.file.freed(0)).isEqualTo(1 << 16);
    }

    @Test
    void threadsBeginAtTheirHomesAndLeaveTheLanesBetweenEmpty() throws InterruptedException {
        SmallRing ring = new SmallRing(32, 64);
        for (int n = 0; n < 64; n++) {
            Thread thread = new Thread(() -> ring.append(1));
            thread.start();
            thread.join();
        }
        JournalCursor tails = ring.reader.tails();
        assertThat(IntStream.range(0, 32)
                        .filter(lane -> tails.position(lane) > 0)
                        .boxed())
                .containsExactlyElementsOf(
                        IntStream.range(0, 16).map(home -> 2 * home).boxed().toList());
    }

    @Test
    void takesTheLaneBehindItsHomeWhenThatIsFull() {
        SmallRing ring = new SmallRing(32, 64);
        for (int n = 0; n < 65; n++) {
            ring.append(n);
        }
        int home = ring.journal.home();
        assertThat(ring.reader.tails().position(home)).isEqualTo(64);
        assertThat(ring.reader.tails().position(home + 1)).isEqualTo(1);
    }

    @Test
    void goesHomeAgainAsSoonAsThereIsRoom() {
        SmallRing ring = new SmallRing(32, 64);
        for (int n = 0; n < 65; n++) {
            ring.append(n);
        }
        ring.poll();
        ring.freeAllRead();
        ring.append(65);
        assertThat(ring.reader.tails().position(ring.journal.home())).isEqualTo(65);
    }

    @Test
    void readsAtMostTheLimitOfALane() {
        SmallRing ring = new SmallRing(1, 64);
        for (int n = 0; n < 10; n++) {
            ring.append(n);
        }
        List<Observation> polled = new ArrayList<>();
        assertThat(ring.reader.poll(4, polled::add)).isEqualTo(4);
        assertThat(ring.reader.hasReachedTail(ring.reader.tails())).isFalse();
        assertThat(ring.reader.poll(100, polled::add)).isEqualTo(6);
        assertThat(ring.reader.hasReachedTail(ring.reader.tails())).isTrue();
        assertThat(polled).hasSize(10);
    }

    @Test
    void handsOnEachRecordOfManyThreadsExactlyOnce() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        SmallRing ring = new SmallRing(2, 256);
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int writer = t;
            new Thread(() -> {
                        for (int n = 0; n < each; n++) {
                            long number = (long) writer * each + n;
                            String userId = n % 5 == 0 ? "user-" + number + text('.', n % 150) : null;
                            while (!ring.append(number, userId)) {
                                Thread.onSpinWait();
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        BitSet seen = new BitSet();
        long[] handed = {0};
        boolean last = false;
        while (!last) {
            last = done.getCount() == 0;
            ring.reader.poll(64, observation -> {
                int number = (int) observation.completedAtMicros();
                assertThat(seen.get(number)).as("seen before").isFalse();
                int n = number % each;
                assertThat(observation.userId()).isEqualTo(n % 5 == 0 ? "user-" + number + text('.', n % 150) : null);
                seen.set(number);
                handed[0]++;
            });
            ring.freeAllRead();
            last &= ring.reader.hasReachedTail(ring.reader.tails());
        }
        assertThat(handed[0]).isEqualTo((long) threads * each);
        assertThat(ring.reader.torn()).isZero();
    }

    @Test
    void holdsItsLaneForASlotThatIsClaimedAndNotSealed() {
        SmallRing ring = new SmallRing(1, 64);
        ring.append(1);
        ring.claimAndDie(0, 1);
        ring.append(2);
        assertThat(ring.pollNumbers()).containsExactly(1L);
        ring.clock.advance(Duration.ofNanos(JournalReader.PATIENCE_NANOS - 1));
        assertThat(ring.pollNumbers()).isEmpty();
        assertThat(ring.reader.torn()).isZero();
        ring.clock.advance(Duration.ofNanos(1));
        assertThat(ring.pollNumbers()).containsExactly(2L);
        assertThat(ring.reader.torn()).isEqualTo(1);
    }

    @Test
    void givesUpAllThatWasClaimedWithATornSlotButNothingClaimedLater() {
        SmallRing ring = new SmallRing(1, 64);
        ring.claimAndDie(0, 5);
        ring.append(1);
        ring.claimAndDie(0, 2);
        assertThat(ring.pollNumbers()).isEmpty();
        ring.claimAndDie(0, 1);
        ring.append(2);
        ring.clock.advance(Duration.ofNanos(JournalReader.PATIENCE_NANOS));
        assertThat(ring.pollNumbers()).containsExactly(1L);
        assertThat(ring.reader.torn()).isEqualTo(7);
        ring.clock.advance(Duration.ofNanos(JournalReader.PATIENCE_NANOS));
        assertThat(ring.pollNumbers()).containsExactly(2L);
        assertThat(ring.reader.torn()).isEqualTo(8);
    }

    @Test
    void forgetsItsImpatienceWhenTheSlotIsSealedAfterAll() {
        SmallRing ring = new SmallRing(1, 64);
        ring.append(1);
        long seal = ring.file.buffer().getLong(ring.slotOffset(0, 0) + SlotLayout.SEAL_OFFSET);
        ring.unseal(0, 0);
        assertThat(ring.pollNumbers()).isEmpty();
        ring.clock.advance(Duration.ofNanos(JournalReader.PATIENCE_NANOS));
        ring.file.buffer().putLong(ring.slotOffset(0, 0) + SlotLayout.SEAL_OFFSET, seal);
        ring.claimAndDie(0, 1);
        assertThat(ring.pollNumbers()).containsExactly(1L);
        assertThat(ring.pollNumbers()).isEmpty();
        assertThat(ring.reader.torn()).isZero();
    }

    @Test
    void otherLanesGoOnWhileOneIsHeld() {
        SmallRing ring = new SmallRing(4, 64);
        ring.claimAndDie(ring.journal.home() + 1, 1);
        ring.append(1);
        assertThat(ring.pollNumbers()).containsExactly(1L);
    }

    @Test
    void wakesTheConsumerWhenAHomeAndTheLaneBehindItHaveFilledByAQuarter() throws InterruptedException {
        SmallRing ring = new SmallRing(2, 64);
        CountDownLatch woken = new CountDownLatch(1);
        Thread consumer = new Thread(() -> {
            while (ring.pollNumbers().isEmpty()) {
                LockSupport.park();
            }
            woken.countDown();
        });
        ring.journal.wakes(consumer);
        consumer.start();
        for (int n = 0; n < 33; n++) {
            ring.append(n);
        }
        woken.await();
        consumer.join();
        ring.journal.wakes(null);
        assertThat(ring.append(99)).isTrue();
    }

    @Test
    void saysWhereItIs() {
        SmallRing ring = new SmallRing(2, 64);
        assertThat(ring.journal.description()).isEqualTo("in memory (test)");
        assertThat(ring.journal.id()).matches("[0-9a-f]{32}");
        assertThat(ring.journal.lanes()).isEqualTo(2);
        assertThat(ring.journal.slotsPerLane()).isEqualTo(64);
    }

    static String text(char character, int length) {
        return String.valueOf(character).repeat(length);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
