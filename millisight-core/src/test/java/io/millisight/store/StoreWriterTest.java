package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.health.CheckState;
import io.millisight.health.HealthStatus;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreWriterTest {

    private final Feeding feeding = new Feeding();
    private final ScriptedStore store = new ScriptedStore();
    private final HealthFeed health = new HealthFeed("shop", "host-1");
    private final Object consumerLock = new Object();
    private final StoreWriter writer = new StoreWriter(
            store,
            feeding.feed,
            health,
            new StoreWriter.Identity("shop", "host-1", feeding.journal.id()),
            () -> List.of(Endpoint.OTHER),
            this::cut,
            feeding.clock,
            Duration.ofMillis(10));

    /** Does what it is told, once for each attempt; beyond that it works. Repeats are recognised by their end. */
    private static final class ScriptedStore implements Store {

        private final Deque<Runnable> before = new ArrayDeque<>();
        private final Deque<Runnable> after = new ArrayDeque<>();
        private final List<StoreBatch> batches = new ArrayList<>();
        private final List<HealthRecord> healthRecords = new ArrayList<>();
        private final CountDownLatch firstHealth = new CountDownLatch(1);
        private @Nullable JournalCursor cursor;
        private int requests;
        private int attempts;
        private int maintained;
        private long trustedAt;
        private int moreUpkeep;
        private boolean upkeepFails;
        private final CountDownLatch firstUpkeep = new CountDownLatch(1);
        private final CountDownLatch twoUpkeeps = new CountDownLatch(2);
        private final CountDownLatch firstBatch = new CountDownLatch(1);

        @Override
        public synchronized boolean commit(StoreBatch batch) {
            attempts++;
            run(before);
            boolean repeated = cursor != null && cursor.isAtOrAfter(batch.to());
            if (!repeated) {
                batches.add(batch);
                requests += batch.requests().size(); // its columns are filled anew afterwards
                cursor = batch.to();
            }
            run(after);
            firstBatch.countDown();
            return !repeated;
        }

        private static void run(Deque<Runnable> script) {
            Runnable step = script.poll();
            if (step != null) {
                step.run();
            }
        }

        @Override
        public synchronized boolean maintain(long nowMicros, long trustedMicros) {
            maintained++;
            trustedAt = trustedMicros;
            firstUpkeep.countDown();
            twoUpkeeps.countDown();
            if (upkeepFails) {
                upkeepFails = false;
                throw new StoreException("no upkeep, on purpose, for a test");
            }
            return moreUpkeep-- > 0;
        }

        @Override
        public void addInstance(InstanceRecord record) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<InstanceRecord> instances() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean addAlert(AlertRecord alert, long cooldownMicros) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<JournalCursor> cursor(String journalId) {
            return Optional.ofNullable(cursor);
        }

        @Override
        public synchronized void addHealth(List<HealthRecord> records) {
            run(before);
            healthRecords.addAll(records);
            run(after);
            if (!records.isEmpty()) {
                firstHealth.countDown();
            }
        }

        @Override
        public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
            throw new UnsupportedOperationException("a writer does not read");
        }

        @Override
        public void rollups(RollupQuery query, RollupVisitor visitor) {
            throw new UnsupportedOperationException("a writer does not read");
        }

        @Override
        public RequestPage requests(RequestQuery query) {
            throw new UnsupportedOperationException("a writer does not read");
        }

        @Override
        public StoreStatus status() {
            throw new UnsupportedOperationException("a writer does not read");
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("the writer does not own its store");
        }

        synchronized int requests() {
            return requests;
        }
    }

    @Test
    void aFlushStoresEverythingThatCompletedBefore() {
        feeding.append(5);
        writer.flush();
        assertThat(store.batches).hasSize(1);
        StoreBatch batch = store.batches.get(0);
        assertThat(batch.service()).isEqualTo("shop");
        assertThat(batch.instance()).isEqualTo("host-1");
        assertThat(batch.journalId()).isEqualTo(feeding.journal.id());
        assertThat(batch.endpoints()).containsExactly(Endpoint.OTHER);
        assertThat(store.requests()).isEqualTo(5);
        assertThat(batch.to()).isEqualTo(feeding.reader.cursor());
        assertThat(writer.isAway()).isFalse();
        assertThat(feeding.journal.fill()).isZero();
    }

    @Test
    void aFlushOfNothingCommitsNothing() {
        writer.flush();
        assertThat(store.attempts).isZero();
    }

    @Test
    void aFlushSaysWhenTheStoreIsAwayAndKeepsEverything() {
        feeding.append(5);
        store.before.add(StoreWriterTest::fail);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(writer::flush)
                .withMessage("away, on purpose, for a test");
        assertThat(writer.isAway()).isTrue();
        assertThat(feeding.feed.counts()).isEqualTo(new StoreFeed.Counts(0, 5, 0));
        assertThat(feeding.journal.fill()).isPositive();
        feeding.append(2);
        writer.flush();
        assertThat(writer.isAway()).isFalse();
        assertThat(store.requests()).isEqualTo(7);
        assertThat(feeding.feed.counts()).isEqualTo(new StoreFeed.Counts(7, 0, 0));
    }

    @Test
    void aFaultOfAnotherKindIsAStoreExceptionWithItsCause() {
        feeding.append(1);
        IllegalStateException fault = new IllegalStateException("on purpose");
        store.before.add(() -> {
            throw fault;
        });
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(writer::flush)
                .withMessage("the store failed: on purpose")
                .withCause(fault);
        assertThat(writer.isAway()).isTrue();
    }

    @Test
    void triesTheSamePortionAgainWhenTheStoreFailedAfterItsCommit() {
        feeding.append(5);
        store.after.add(StoreWriterTest::fail);
        assertThatExceptionOfType(StoreException.class).isThrownBy(writer::flush);
        feeding.append(3);
        writer.flush();
        assertThat(store.attempts).isEqualTo(3);
        assertThat(store.requests()).as("each once").isEqualTo(8);
        assertThat(store.batches.get(1).from()).isEqualTo(store.batches.get(0).to());
    }

    @Test
    void closingStoresWhatIsLeft() {
        feeding.append(4);
        assertThat(writer.close()).isTrue();
        assertThat(store.requests()).isEqualTo(4);
    }

    @Test
    void closingSaysWhenTheStoreStillHangs() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        writer.atUpkeep(() -> {
            inside.countDown();
            await(release);
        });
        writer.start();
        inside.await();
        Thread.currentThread().interrupt(); // there are seconds of patience in it

        boolean answers = writer.close();

        assertThat(Thread.interrupted()).isTrue();
        release.countDown();
        assertThat(answers).isFalse();
    }

    @Test
    void closingWithoutAStoreLeavesTheRestInTheJournal() {
        feeding.append(4);
        store.before.add(StoreWriterTest::fail);
        assertThat(writer.close()).isFalse();
        assertThat(store.requests()).isZero();
        assertThat(feeding.journal.fill()).isPositive();
    }

    @Test
    void anInterruptedThreadStoresWhatIsLeftToo() {
        writer.start();
        feeding.append(4);
        Thread.currentThread().interrupt();
        writer.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.requests()).isEqualTo(4);
    }

    @Test
    void anInterruptedThreadThatWouldHaveToWaitIsToldThatTheStoreIsBusy() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        feeding.append(1);
        store.before.add(() -> {
            inside.countDown();
            await(release);
        });
        Thread slow = new Thread(writer::flush);
        slow.start();
        inside.await();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(writer::storeCut)
                .withMessageContaining("busy");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(writer.isAway()).as("busy is not away").isFalse();
        release.countDown();
        slow.join();
        assertThat(store.requests()).isEqualTo(1);
    }

    @Test
    void storesInTheBackground() throws InterruptedException {
        feeding.append(6);
        writer.start();
        store.firstBatch.await();
        writer.close();
        assertThat(store.requests()).isEqualTo(6);
    }

    @Test
    void comesBackInTheBackgroundWhenTheStoreDoes() throws InterruptedException {
        feeding.append(6);
        store.before.add(StoreWriterTest::fail);
        writer.start();
        store.firstBatch.await();
        writer.close();
        assertThat(store.requests()).isEqualTo(6);
        assertThat(writer.isAway()).isFalse();
    }

    @Test
    void doesAllUpkeepThatIsDue() throws InterruptedException {
        store.moreUpkeep = 1;
        writer.start();
        store.twoUpkeeps.await();
        writer.close();
        assertThat(store.maintained).isEqualTo(2);
    }

    @Test
    void commitsWhatComesInWhileThereIsMuchUpkeep() throws InterruptedException {
        store.moreUpkeep = Integer.MAX_VALUE;
        writer.start();
        store.firstUpkeep.await();
        feeding.append(3);
        feeding.clock.advance(Duration.ofMillis(11));
        store.firstBatch.await();
        writer.close();
        assertThat(store.requests()).isEqualTo(3);
    }

    @Test
    void anErrandIsRunEveryTenSeconds() {
        AtomicInteger runs = new AtomicInteger();
        writer.atUpkeep(runs::incrementAndGet);
        for (int second = 0; second <= 30; second++) {
            writer.upkeep();
            feeding.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(runs).hasValue(4);
    }

    @Test
    void anErrandsFaultKeepsNoOtherFromItsTurn() {
        AtomicInteger runs = new AtomicInteger();
        writer.atUpkeep(() -> {
            throw new IllegalStateException("an errand fails, on purpose, for a test");
        });
        writer.atUpkeep(runs::incrementAndGet);
        writer.upkeep();
        feeding.clock.advance(Duration.ofSeconds(10));
        writer.upkeep();
        assertThat(runs).hasValue(2);
        assertThat(writer.isAway()).isFalse();
    }

    @Test
    void noErrandIsRunWhileTheStoreIsAway() {
        AtomicInteger runs = new AtomicInteger();
        writer.atUpkeep(runs::incrementAndGet);
        store.upkeepFails = true;
        assertThatThrownBy(writer::upkeep).isInstanceOf(StoreException.class);
        assertThat(runs).hasValue(0);
        feeding.clock.advance(Duration.ofSeconds(10));
        writer.upkeep();
        assertThat(runs).hasValue(1);
    }

    @Test
    void isBackWhenUpkeepWorksAgain() throws InterruptedException {
        store.upkeepFails = true;
        writer.start();
        store.firstUpkeep.await();
        feeding.clock.advance(Duration.ofSeconds(11));
        store.twoUpkeeps.await();
        writer.close();
        assertThat(writer.isAway()).isFalse();
    }

    @Test
    void whatWasFoundOfHealthIsStoredBesideRequestsAndKeptWhileTheStoreIsAway() {
        checked(HealthStatus.DOWN);
        store.before.add(StoreWriterTest::fail);
        assertThatExceptionOfType(StoreException.class).isThrownBy(writer::flush);
        assertThat(store.healthRecords).isEmpty();
        assertThat(writer.isAway()).isTrue();

        writer.flush();
        writer.flush();
        assertThat(store.healthRecords).singleElement().satisfies(record -> assertThat(record.status())
                .isEqualTo(HealthStatus.DOWN));
        assertThat(writer.isAway()).isFalse();
    }

    @Test
    void aTurnOfHealthWakesTheWriter() throws InterruptedException {
        StoreWriter patient = new StoreWriter(
                store,
                feeding.feed,
                health,
                new StoreWriter.Identity("shop", "host-1", feeding.journal.id()),
                () -> List.of(Endpoint.OTHER),
                this::cut,
                feeding.clock,
                Duration.ofSeconds(60));
        patient.start();
        checked(HealthStatus.DOWN);
        store.firstHealth.await();
        patient.close();
    }

    private void checked(HealthStatus status) {
        CheckState before = HealthFeedTest.state("database", HealthStatus.UNKNOWN, 0);
        health.checked(before, HealthFeedTest.state("database", status, feeding.clock.epochMicros()));
    }

    @Test
    void retentionDoesNotFollowAClockThatJumpsAhead() {
        writer.upkeep();
        long before = feeding.clock.epochMicros();
        feeding.clock.setEpochMicros(before + Duration.ofDays(365).toNanos() / 1_000);
        feeding.clock.advance(Duration.ofSeconds(11));
        writer.upkeep();
        assertThat(store.maintained).isEqualTo(2);
        assertThat(store.trustedAt).isEqualTo(before + 11_000_000);
    }

    @Test
    void pausesOfAFleetThatLostItsStoreAreSpreadOut() {
        Set<Long> pauses = new HashSet<>();
        for (int instance = 0; instance < 1_000; instance++) {
            pauses.add(StoreWriter.jittered(1_000_000_000));
        }
        assertThat(pauses).hasSizeGreaterThan(900).allMatch(pause -> pause >= 500_000_000 && pause <= 1_000_000_000);
        assertThat(StoreWriter.jittered(1)).isBetween(0L, 1L);
    }

    @Test
    void goesOnAfterAFaultOfTheConsumer() throws InterruptedException {
        CountDownLatch faults = new CountDownLatch(1);
        StoreWriter other = new StoreWriter(
                store,
                feeding.feed,
                health,
                new StoreWriter.Identity("shop", "host-1", feeding.journal.id()),
                () -> List.of(Endpoint.OTHER),
                () -> {
                    if (faults.getCount() > 0) {
                        faults.countDown();
                        throw new IllegalStateException("on purpose, for a test");
                    }
                    cut();
                },
                feeding.clock,
                Duration.ofMillis(10));
        feeding.append(2);
        other.start();
        store.firstBatch.await();
        other.close();
        assertThat(store.requests()).isEqualTo(2);
        assertThat(other.isAway()).isFalse();
    }

    /** As the consumer does it, under its lock. */
    private void cut() {
        synchronized (consumerLock) {
            feeding.drainAndCut();
        }
    }

    private static void fail() {
        throw new StoreException("away, on purpose, for a test");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
