package io.millisight.benchmarks.recording;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.observe.Outcome;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The slowest of many records: threads that record at a steady pace into a Millisight at its defaults, each latency counted
 * from the instant at which the record was <em>due</em>, so that a pause counts for all that it held up. Beside the same loop
 * that only reads the clock, for what the machine does by itself.
 */
public final class TailFigures {

    private static final int RECORDS_A_SECOND = 100_000;
    private static final long NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(1) / RECORDS_A_SECOND;

    /** What is done at each step. */
    private interface Step {
        void run(int i, long nowNanos);
    }

    private static final class Subject {
        private final String name;
        private final int threads;
        private final Step step;
        private final Histogram all = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        private final Rounds farTail = new Rounds();
        private final Rounds collectorMillis = new Rounds();

        Subject(String name, int threads, Step step) {
            this.name = name + ", " + threads + (threads == 1 ? " thread" : " threads");
            this.threads = threads;
            this.step = step;
        }

        void add(Histogram round, long collectorMillis) {
            all.add(round);
            farTail.add(micros(round, 99.99));
            this.collectorMillis.add((double) collectorMillis);
        }
    }

    private TailFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("tail");
        try (Millisight millisight = Millisight.start(
                MillisightConfig.builder().dataDirectory(folder).build())) {
            Requests requests = new Requests();
            Step clock = (i, now) -> {};
            Step record = (i, now) -> record(millisight, requests, i, now);
            List<Subject> subjects = List.of(
                    new Subject("floor: the clock alone", 1, clock),
                    new Subject("**Millisight.record**", 1, record),
                    new Subject("floor: the clock alone", 2, clock),
                    new Subject("Millisight.record", 2, record));
            for (int round = 1 - effort.tailWarmUps(); round <= effort.recordRounds(); round++) {
                Progress.round("tail", Math.max(0, round), effort.recordRounds());
                for (Subject subject : subjects) {
                    millisight.flush();
                    long collectorBefore = collectorMillis();
                    Histogram found = run(subject, effort.tailMillis());
                    if (round > 0) {
                        subject.add(found, collectorMillis() - collectorBefore);
                    }
                }
            }
            millisight.flush();
            requireAllStored(millisight.ledger());
            return new Figures("tail", table(subjects));
        } finally {
            Scratch.delete(folder);
        }
    }

    /** How long the JVM's garbage collector has stopped all threads so far. */
    private static long collectorMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private static void record(Millisight millisight, Requests requests, int i, long now) {
        millisight.record(
                requests.method(i),
                requests.route(i),
                200,
                Outcome.COMPLETED,
                false,
                now - requests.durationNanos(i),
                now,
                null,
                null);
    }

    private static void requireAllStored(Ledger ledger) {
        if (ledger.stored() != ledger.seen()) {
            throw new IllegalStateException("not every request is stored: " + ledger);
        }
    }

    private static Histogram run(Subject subject, int millis) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(subject.threads);
        try {
            List<Callable<Histogram>> paced = new ArrayList<>();
            for (int thread = 0; thread < subject.threads; thread++) {
                paced.add(() -> pace(subject.step, millis * (RECORDS_A_SECOND / 1_000)));
            }
            Histogram sum = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
            for (Future<Histogram> found : threads.invokeAll(paced)) {
                sum.add(found.get());
            }
            return sum;
        } finally {
            threads.shutdown();
        }
    }

    private static Histogram pace(Step step, int records) {
        Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
        for (int i = 0; i < records; i++, due += NANOS_BETWEEN) {
            long now = System.nanoTime();
            while (now < due) {
                Thread.onSpinWait();
                now = System.nanoTime();
            }
            step.run(i, now);
            latencies.recordValue(System.nanoTime() - due);
        }
        return latencies;
    }

    private static Table table(List<Subject> subjects) {
        Table table = new Table(
                String.format("%,d records a second and thread, from when each was due", RECORDS_A_SECOND),
                "p50, µs",
                "p99, µs",
                "p99.99, µs",
                "lowest-highest round",
                "maximum, µs",
                "stopped by the collector, ms a round");
        for (Subject subject : subjects) {
            table.row(
                    subject.name,
                    Table.number(micros(subject.all, 50)),
                    Table.number(micros(subject.all, 99)),
                    Table.number(micros(subject.all, 99.99)),
                    subject.farTail.spread(),
                    Table.number(micros(subject.all, 100)),
                    subject.collectorMillis.spread());
        }
        return table;
    }

    private static double micros(Histogram latencies, double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e3;
    }
}
