package io.millisight.benchmarks;

import java.util.List;

/** The middle of several measurements: one slow round does not move it. */
public final class Median {

    private Median() {}

    /** The median; of an even number, the mean of the two in the middle. */
    public static double of(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
