package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Median;
import io.millisight.benchmarks.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks of the record path, round after round, and tabulates medians over all rounds. */
public final class RecordFigures {

    /** One subject: its benchmark on one thread, and that for two, null for the same on two threads. */
    private record Subject(String name, String benchmark, String pair) {
        boolean hasPair() {
            return !benchmark.startsWith("Pieces");
        }
    }

    private record Key(String benchmark, int threads) {}

    /** What a benchmark's full name has before its class. */
    private static final String PACKAGES = "^([a-z]+\\.)+";

    private static final String CLOCK_TWICE = "Floors.clockTwice";
    private static final String OURS = "Ours.plain";
    private static final String SHARED_LANE = "Ours.plainPairOfSameLane";

    private static final List<Subject> SUBJECTS = List.of(
            new Subject("floor: the clock read once", "Floors.clockOnce", null),
            new Subject("floor: the clock read twice", CLOCK_TWICE, null),
            new Subject("floor: `LongAdder.increment`", "Floors.longAdder", null),
            new Subject("**Millisight.record**", OURS, "Ours.plainPair"),
            new Subject("Millisight.record, with user id", "Ours.withUser", "Ours.withUserPair"),
            new Subject(
                    "Millisight.record, with user id and path (request log on)",
                    "Ours.withUserAndPath",
                    "Ours.withUserAndPathPair"),
            new Subject("of that: endpoint look-up", "Pieces.lookUp", null),
            new Subject("of that: journal append and seal, nobody draining", "Pieces.append", null),
            new Subject("HdrHistogram `Recorder`, no look-up", "Peers.hdrRecorder", null),
            new Subject("Micrometer `Timer`, simple registry", "Peers.micrometerSimple", null),
            new Subject("Micrometer `Timer`, Prometheus histogram", "Peers.micrometerPrometheus", null),
            new Subject("Prometheus client, native histogram", "Peers.prometheusNative", null),
            new Subject("OpenTelemetry, attributes built per request", "OpenTelemetryPeer.built", null),
            new Subject("OpenTelemetry, attributes built beforehand", "OpenTelemetryPeer.prebuilt", null),
            new Subject("deque of 1,000 samples, sorted at every request", "Peers.dequeAndSort", null));

    private final Map<Key, Samples> samples = new HashMap<>();

    /** What was measured of one benchmark, per record, iteration by iteration. */
    private static final class Samples {
        private final List<Double> wallNanos = new ArrayList<>();
        private final List<Double> cpuNanos = new ArrayList<>();
        private final List<Double> bytes = new ArrayList<>();

        void add(IterationResult iteration) {
            var counters = iteration.getSecondaryResults();
            double records = counters.get("records").getScore();
            wallNanos.add(iteration.getPrimaryResult().getScore());
            cpuNanos.add(counters.get("cpuNanos").getScore() / records);
            bytes.add(counters.get("allocatedBytes").getScore() / records);
        }
    }

    private RecordFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws RunnerException {
        RecordFigures figures = new RecordFigures();
        for (int round = 1; round <= effort.recordRounds(); round++) {
            System.out.println("record: round " + round + " of " + effort.recordRounds());
            figures.run(effort, 1, single());
            figures.run(effort, 1, pairs(true));
            figures.run(effort, 2, pairs(false));
        }
        return new Figures("record", figures.table());
    }

    private static Set<String> single() {
        return SUBJECTS.stream().map(Subject::benchmark).collect(Collectors.toSet());
    }

    /** What runs on two threads: by a pair of its own, or by JMH's two threads. */
    private static Set<String> pairs(boolean ofItsOwn) {
        Stream<Subject> subjects =
                SUBJECTS.stream().filter(Subject::hasPair).filter(subject -> (subject.pair() != null) == ofItsOwn);
        Set<String> pairs = subjects.map(subject -> ofItsOwn ? subject.pair() : subject.benchmark())
                .collect(Collectors.toSet());
        if (ofItsOwn) {
            pairs.add(SHARED_LANE);
        }
        return pairs;
    }

    private void run(Effort effort, int threads, Set<String> benchmarks) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .threads(threads)
                .forks(effort.forks())
                .warmupIterations(effort.warmups())
                .warmupTime(TimeValue.milliseconds(effort.iterationMillis()))
                .measurementIterations(effort.iterations())
                .measurementTime(TimeValue.milliseconds(effort.iterationMillis()))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        benchmarks.forEach(name -> options.include("\\." + name.replace(".", "\\.") + "$"));
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            Key key = new Key(result.getParams().getBenchmark().replaceFirst(PACKAGES, ""), threads);
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    samples.computeIfAbsent(key, added -> new Samples()).add(iteration);
                }
            }
        }
    }

    private Table table() {
        Table table = new Table(
                "record one request",
                "CPU ns, 1 thread",
                "of 2 clock reads",
                "of Millisight",
                "B",
                "wall ns, 1 thread",
                "CPU ns, 2 threads",
                "2 over 1, CPU",
                "2 over 1, wall");
        double floor = Median.of(samples(CLOCK_TWICE, 1).cpuNanos);
        double ours = Median.of(samples(OURS, 1).cpuNanos);
        for (Subject subject : SUBJECTS) {
            Samples one = samples(subject.benchmark(), 1);
            double cpu = Median.of(one.cpuNanos);
            List<String> cells = new ArrayList<>(List.of(
                    subject.name(),
                    Table.number(cpu),
                    Table.ratio(cpu / floor),
                    Table.ratio(cpu / ours),
                    Table.number(Math.rint(Median.of(one.bytes))),
                    Table.number(Median.of(one.wallNanos))));
            cells.addAll(subject.hasPair() ? scaling(one, onTwo(subject)) : List.of("", "", ""));
            table.row(cells);
            if (subject.benchmark().equals(OURS)) {
                List<String> shared =
                        new ArrayList<>(List.of("Millisight.record, both threads on one lane", "", "", "", "", ""));
                shared.addAll(scaling(one, samples(SHARED_LANE, 1)));
                table.row(shared);
            }
        }
        return table;
    }

    private Samples onTwo(Subject subject) {
        return subject.pair() == null ? samples(subject.benchmark(), 2) : samples(subject.pair(), 1);
    }

    private static List<String> scaling(Samples one, Samples two) {
        double cpu = Median.of(two.cpuNanos);
        return List.of(
                Table.number(cpu),
                Table.ratio(cpu / Median.of(one.cpuNanos)),
                Table.ratio(Median.of(two.wallNanos) / Median.of(one.wallNanos)));
    }

    private Samples samples(String benchmark, int threads) {
        Samples found = samples.get(new Key(benchmark, threads));
        if (found == null) {
            throw new IllegalStateException(benchmark + " on " + threads + " threads gave no result");
        }
        return found;
    }
}
