package com.example.verify;

import java.util.Arrays;

/** Exact order statistics, by the rank that Millisight defines: the smallest value with at least q of all at or below it. */
final class Quantiles {

    private Quantiles() {}

    static double nearestRank(double[] values, double q) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(1, (int) Math.ceil(q * sorted.length)) - 1];
    }
}
