package io.millisight.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.journal.Journal;
import io.millisight.journal.JournalCursor;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.observe.WallAnchor;
import io.millisight.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalConsumerTest {

    private final ManualClock clock = new ManualClock();
    private final JournalFolder folder = JournalFolder.inMemory(1 << 16, 10, "test");
    private final Journal journal = folder.journal();
    private final JournalReader reader = folder.recover(Optional.empty(), clock);
    private final Recorded recorded = new Recorded();

    /** Keeps what it is given. */
    private static final class Recorded implements ObservationSink {
        private final List<Observation> observations = new ArrayList<>();
        private final CountDownLatch first = new CountDownLatch(1);
        private JournalCursor upTo = JournalCursor.of();
        private long nowMicros;

        @Override
        public void accept(Observation observation) {
            observations.add(observation);
            first.countDown();
        }

        @Override
        public void drained(JournalCursor cursor, long now) {
            upTo = cursor;
            nowMicros = now;
        }
    }

    @AfterEach
    void closeFolder() {
        folder.close();
    }

    @Test
    void aReadHoldsWhatCompletedBeforeIt() {
        JournalConsumer consumer = consumer(recorded);
        append(3);
        assertThat(consumer.<Integer>read(recorded.observations::size)).isEqualTo(3);
        append(2);
        assertThat(consumer.<Integer>read(recorded.observations::size)).isEqualTo(5);
        assertThat(consumer.<Long>read(consumer::accepted)).isEqualTo(5);
        assertThat(recorded.upTo).isEqualTo(reader.tails());
        assertThat(recorded.nowMicros).isEqualTo(clock.epochMicros());
    }

    @Test
    void aReadHoldsMoreThanOneStepOfEveryLane() {
        JournalFolder large = JournalFolder.inMemory(1 << 22, 10, "test");
        JournalConsumer consumer = new JournalConsumer(
                large.journal(),
                large.recover(Optional.empty(), clock),
                clock,
                new WallAnchor(clock),
                List.of(recorded));
        for (int n = 0; n < 20_000; n++) {
            assertThat(large.journal().append(0, 200, 0, n, 1, null, null)).isTrue();
        }
        assertThat(consumer.<Integer>read(recorded.observations::size)).isEqualTo(20_000);
        large.close();
    }

    @Test
    void tellsItsSinksTheTimeThoughNothingCame() {
        JournalConsumer consumer = consumer(recorded);
        assertThat(consumer.<Integer>read(recorded.observations::size)).isZero();
        assertThat(recorded.nowMicros).isEqualTo(clock.epochMicros());
    }

    @Test
    void oneSinksFaultHarmsNoOther() {
        ObservationSink faulty = new ObservationSink() {
            @Override
            public void accept(Observation observation) {
                throw new IllegalStateException("on purpose, for a test");
            }

            @Override
            public void drained(JournalCursor upTo, long nowMicros) {
                throw new AssertionError("on purpose, for a test");
            }
        };
        JournalConsumer consumer = consumer(faulty, recorded);
        append(3);
        assertThat(consumer.<Integer>read(recorded.observations::size)).isEqualTo(3);
        assertThat(recorded.upTo).isEqualTo(reader.tails());
        assertThat(consumer.<Long>read(consumer::faults)).isEqualTo(5);
    }

    @Test
    void drainsInTheBackgroundAndOnceMoreAtTheEnd() throws InterruptedException {
        JournalConsumer consumer = consumer(recorded);
        consumer.start();
        append(1);
        recorded.first.await();
        append(2);
        consumer.close();
        append(3);
        assertThat(recorded.observations).hasSize(3);
        assertThat(thread("millisight-rollup")).isEmpty();
    }

    @Test
    void goesOnAfterAFaultOfTheClock() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(3);
        ManualClock broken = new ManualClock();
        boolean[] breaks = {false};
        JournalConsumer consumer = new JournalConsumer(
                journal,
                reader,
                new TimeSource() {
                    @Override
                    public long epochMicros() {
                        asked.countDown();
                        if (breaks[0] && asked.getCount() > 0) {
                            throw new IllegalStateException("on purpose, for a test");
                        }
                        return broken.epochMicros();
                    }

                    @Override
                    public long nanoTime() {
                        return broken.nanoTime();
                    }
                },
                new WallAnchor(broken),
                List.of(recorded));
        breaks[0] = true;
        consumer.start();
        asked.await();
        append(1);
        recorded.first.await();
        consumer.close();
        assertThat(consumer.<Long>read(consumer::faults)).isEqualTo(2);
    }

    @Test
    void anInterruptNeitherEndsNorHurriesItsThread() throws InterruptedException {
        JournalConsumer consumer = consumer(recorded);
        consumer.start();
        thread("millisight-rollup").forEach(Thread::interrupt);
        append(1);
        recorded.first.await();
        consumer.close();
        assertThat(consumer.<Long>read(consumer::faults)).isZero();
    }

    @Test
    void closesForAnInterruptedThreadToo() {
        JournalConsumer consumer = consumer(recorded);
        consumer.start();
        append(4);
        Thread.currentThread().interrupt();
        consumer.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(consumer.<Integer>read(recorded.observations::size)).isEqualTo(4);
    }

    private JournalConsumer consumer(ObservationSink... sinks) {
        return new JournalConsumer(journal, reader, clock, new WallAnchor(clock), List.of(sinks));
    }

    private void append(int times) {
        for (int n = 0; n < times; n++) {
            assertThat(journal.append(0, 200, 0, 1_000, 1, null, null)).isTrue();
        }
    }

    private static List<Thread> thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name) && thread.isAlive())
                .toList();
    }
}
