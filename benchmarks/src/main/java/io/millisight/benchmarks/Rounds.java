package io.millisight.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** What was measured of one subject, round by round: its median over all, and how far the rounds lie apart. */
public final class Rounds {

    private final List<Double> all = new ArrayList<>();
    private final List<Double> medians = new ArrayList<>();

    /** Samples taken one after the other, in five rounds: how far those lie apart says whether the machine was left alone. */
    public static Rounds of(List<Double> samples) {
        Rounds rounds = new Rounds();
        int size = Math.max(1, samples.size() / 5);
        for (int from = 0; from < samples.size(); from += size) {
            rounds.add(samples.subList(from, Math.min(samples.size(), from + size)));
        }
        return rounds;
    }

    /** Adds the samples of one round. */
    public void add(List<Double> samples) {
        all.addAll(samples);
        medians.add(Median.of(samples));
    }

    /** Adds a round of one sample. */
    public void add(double sample) {
        add(List.of(sample));
    }

    /** Forgets them, after warming up. */
    public void clear() {
        all.clear();
        medians.clear();
    }

    /** Over the samples of all rounds. */
    public double median() {
        return Median.of(all);
    }

    /** The lowest and the highest round: {@code 31.5-36.0}. */
    public String spread() {
        double lowest = medians.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double highest = medians.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return Table.number(lowest) + "-" + Table.number(highest);
    }
}
