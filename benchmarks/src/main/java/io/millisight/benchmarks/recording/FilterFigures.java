package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.runner.RunnerException;

/** What filters cost around an empty servlet chain. */
public final class FilterFigures {

    private static final String BARE = "Filters.bare";
    private static final String OBSERVED = "Filters.springPrometheus";

    private FilterFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws RunnerException {
        Map<String, String> subjects = new LinkedHashMap<>();
        subjects.put("floor: the chain alone", BARE);
        subjects.put("**Millisight: filter, header, record**", "Filters.millisight");
        subjects.put("Spring's observation filter, Micrometer with its simple registry", "Filters.springSimple");
        subjects.put("Spring's observation filter, Micrometer with the Prometheus registry", OBSERVED);
        Trials trials = new Trials();
        for (int round = 1; round <= effort.recordRounds(); round++) {
            Progress.round("filter", round, effort.recordRounds());
            // So much more code than a record's is compiled later.
            trials.run(effort, 2 * effort.warmups(), 1, Set.copyOf(subjects.values()));
        }
        Table table = new Table(
                "one request through a filter",
                "CPU ns",
                "lowest-highest round",
                "of Micrometer's, chain taken off",
                "B");
        double chain = trials.samples(BARE, 1).cpuNanos().median();
        double observed = trials.samples(OBSERVED, 1).cpuNanos().median() - chain;
        subjects.forEach((name, benchmark) -> {
            Trials.Samples samples = trials.samples(benchmark, 1);
            double cpu = samples.cpuNanos().median();
            table.row(
                    name,
                    Table.number(cpu),
                    samples.cpuNanos().spread(),
                    Table.ratio((cpu - chain) / observed),
                    Table.number(Math.rint(samples.bytes().median())));
        });
        return new Figures("filter", table);
    }
}
