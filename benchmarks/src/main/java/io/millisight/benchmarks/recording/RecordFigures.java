package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/** Runs the JMH benchmarks of the record path, round after round, and tabulates medians over all rounds. */
public final class RecordFigures {

    /**
     * One subject.
     *
     * @param benchmark its benchmark on one thread
     * @param pair that for two threads, null for the same on two threads
     * @param crowd that for eight threads, null for the same on eight threads
     * @param threads on how many threads it is measured at most
     */
    private record Subject(
            String name,
            String benchmark,
            @Nullable String pair,
            @Nullable String crowd,
            int threads) {

        static Subject of(String name, String benchmark, int threads) {
            return new Subject(name, benchmark, null, null, threads);
        }

        boolean hasOwn(int several) {
            return own(several) != null;
        }

        @Nullable String own(int several) {
            return several == 2 ? pair : crowd;
        }
    }

    private static final String CLOCK_TWICE = "Floors.clockTwice";
    private static final String OURS = "Ours.plain";
    private static final String SHARED_LANE = "Ours.plainPairOfSameLane";

    private static final List<Subject> SUBJECTS = List.of(
            Subject.of("floor: the clock read once", "Floors.clockOnce", 8),
            Subject.of("floor: the clock read twice", CLOCK_TWICE, 8),
            Subject.of("the same again: the noise", "Floors.clockTwiceAgain", 1),
            Subject.of("floor: `LongAdder.increment`", "Floors.longAdder", 8),
            new Subject("**Millisight.record**", OURS, "Ours.plainPair", "Ours.plainCrowd", 8),
            new Subject("Millisight.record, with user id", "Ours.withUser", "Ours.withUserPair", null, 2),
            new Subject(
                    "Millisight.record, with user id and path",
                    "Ours.withUserAndPath",
                    "Ours.withUserAndPathPair",
                    null,
                    2),
            Subject.of("of that: endpoint look-up", "Pieces.lookUp", 1),
            Subject.of("of that: journal append and seal, nobody draining", "Pieces.append", 1),
            Subject.of("HdrHistogram `Recorder`, no look-up", "Peers.hdrRecorder", 8),
            Subject.of("Micrometer `Timer`, simple registry", "Peers.micrometerSimple", 8),
            Subject.of("Micrometer `Timer`, Prometheus histogram", "Peers.micrometerPrometheus", 8),
            Subject.of("Prometheus client, native histogram", "Peers.prometheusNative", 8),
            Subject.of("the same, data points found beforehand", "Peers.prometheusKept", 8),
            Subject.of("Prometheus client, classic histogram", "Peers.prometheusClassic", 8),
            Subject.of("OpenTelemetry, exponential, attributes built per request", "OpenTelemetryPeer.built", 8),
            Subject.of("the same, attributes built beforehand", "OpenTelemetryPeer.prebuilt", 8),
            Subject.of("Dropwizard `Timer`, looked up by name", "Peers.dropwizard", 8),
            Subject.of("deque of 1,000 samples, sorted at every request", "Peers.dequeAndSort", 8));

    private final Trials trials = new Trials();

    private RecordFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws RunnerException {
        RecordFigures figures = new RecordFigures();
        for (int round = 1; round <= effort.recordRounds(); round++) {
            Progress.round("record", round, effort.recordRounds());
            Set<String> alone = names(SUBJECTS.stream().map(Subject::benchmark));
            alone.addAll(names(own(2)));
            alone.addAll(names(own(8)));
            alone.add(SHARED_LANE);
            figures.trials.run(effort, 1, alone);
            figures.trials.run(effort, 2, names(shared(2)));
            figures.trials.run(effort, 8, names(shared(8)));
        }
        return new Figures("record", figures.table());
    }

    /** Benchmarks that begin their other threads themselves. */
    private static Stream<String> own(int threads) {
        return SUBJECTS.stream().map(subject -> subject.own(threads)).filter(Objects::nonNull);
    }

    /** Benchmarks that JMH runs on several threads. */
    private static Stream<String> shared(int threads) {
        return SUBJECTS.stream()
                .filter(subject -> subject.threads() >= threads && !subject.hasOwn(threads))
                .map(Subject::benchmark);
    }

    private static Set<String> names(Stream<String> benchmarks) {
        return benchmarks.collect(Collectors.toSet());
    }

    private Table table() {
        Table table = new Table(
                "record one request",
                "CPU ns, 1 thread",
                "lowest-highest round",
                "of 2 clock reads",
                "of Millisight",
                "B",
                "wall ns, 1 thread",
                "CPU ns, 2 threads",
                "2 over 1, CPU",
                "2 over 1, wall",
                "CPU ns, 8 threads",
                "8 over 1, CPU");
        double floor = trials.samples(CLOCK_TWICE, 1).cpuNanos().median();
        double ours = trials.samples(OURS, 1).cpuNanos().median();
        for (Subject subject : SUBJECTS) {
            Trials.Samples one = trials.samples(subject.benchmark(), 1);
            double cpu = one.cpuNanos().median();
            List<String> cells = new ArrayList<>(List.of(
                    subject.name(),
                    Table.number(cpu),
                    one.cpuNanos().spread(),
                    Table.ratio(cpu / floor),
                    Table.ratio(cpu / ours),
                    Table.number(Math.rint(one.bytes().median())),
                    Table.number(one.wallNanos().median())));
            cells.addAll(onTwo(one, subject.threads() >= 2 ? samples(subject, 2) : null));
            cells.addAll(onEight(one, subject.threads() >= 8 ? samples(subject, 8) : null));
            table.row(cells);
            if (subject.benchmark().equals(OURS)) {
                List<String> shared =
                        new ArrayList<>(List.of("Millisight.record, both threads on one lane", "", "", "", "", "", ""));
                shared.addAll(onTwo(one, trials.samples(SHARED_LANE, 1)));
                shared.addAll(onEight(one, null));
                table.row(shared);
            }
        }
        return table;
    }

    private static List<String> onTwo(Trials.Samples one, Trials.@Nullable Samples two) {
        if (two == null) {
            return List.of("", "", "");
        }
        double cpu = two.cpuNanos().median();
        return List.of(
                Table.number(cpu),
                Table.ratio(cpu / one.cpuNanos().median()),
                Table.ratio(two.wallNanos().median() / one.wallNanos().median()));
    }

    private static List<String> onEight(Trials.Samples one, Trials.@Nullable Samples eight) {
        if (eight == null) {
            return List.of("", "");
        }
        double cpu = eight.cpuNanos().median();
        return List.of(Table.number(cpu), Table.ratio(cpu / one.cpuNanos().median()));
    }

    private Trials.Samples samples(Subject subject, int several) {
        String own = subject.own(several);
        return own == null ? trials.samples(subject.benchmark(), several) : trials.samples(own, 1);
    }
}
