package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Rounds;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH benchmarks that count in a {@link Burst}, a round at a time, and keeps what they gave. */
final class Trials {

    private record Key(String benchmark, int threads) {}

    /** What a benchmark's full name has before its class. */
    private static final String PACKAGES = "^([a-z]+\\.)+";

    private final Map<Key, Samples> samples = new HashMap<>();

    /** What was measured of one benchmark, each per record. */
    record Samples(Rounds wallNanos, Rounds cpuNanos, Rounds bytes) {

        private static Samples none() {
            return new Samples(new Rounds(), new Rounds(), new Rounds());
        }

        /** Adds what one round gave, iteration by iteration. */
        private void add(List<IterationResult> round) {
            wallNanos.add(each(round, iteration -> iteration.getPrimaryResult().getScore()));
            cpuNanos.add(each(round, iteration -> perRecord(iteration, "cpuNanos")));
            bytes.add(each(round, iteration -> perRecord(iteration, "allocatedBytes")));
        }

        private static List<Double> each(List<IterationResult> round, ToDoubleFunction<IterationResult> sample) {
            return round.stream().mapToDouble(sample).boxed().toList();
        }

        private static double perRecord(IterationResult iteration, String counter) {
            var counters = iteration.getSecondaryResults();
            return counters.get(counter).getScore() / counters.get("records").getScore();
        }
    }

    /** One round: each of these benchmarks on so many threads. */
    void run(Effort effort, int threads, Set<String> benchmarks) throws RunnerException {
        run(effort, effort.warmups(), threads, benchmarks);
    }

    /** The same with another number of iterations that do not count. */
    void run(Effort effort, int warmups, int threads, Set<String> benchmarks) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .threads(threads)
                .forks(effort.forks())
                .warmupIterations(warmups)
                .warmupTime(TimeValue.milliseconds(effort.iterationMillis()))
                .measurementIterations(effort.iterations())
                .measurementTime(TimeValue.milliseconds(effort.iterationMillis()))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        benchmarks.forEach(name -> options.include("\\." + name.replace(".", "\\.") + "$"));
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            Key key = new Key(result.getParams().getBenchmark().replaceFirst(PACKAGES, ""), threads);
            samples.computeIfAbsent(key, added -> Samples.none())
                    .add(result.getBenchmarkResults().stream()
                            .flatMap(fork -> fork.getIterationResults().stream())
                            .toList());
        }
    }

    Samples samples(String benchmark, int threads) {
        Samples found = samples.get(new Key(benchmark, threads));
        if (found == null) {
            throw new IllegalStateException(benchmark + " on " + threads + " threads gave no result");
        }
        return found;
    }
}
