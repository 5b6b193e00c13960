package io.millisight.benchmarks;

/**
 * How much to measure.
 *
 * @param recordRounds how often the record path's subjects all take their turn
 * @param forks JVMs a benchmark and round; 0 runs in this one
 * @param warmups iterations that do not count
 * @param iterations iterations that count, a benchmark, round and fork
 * @param iterationMillis length of one
 * @param tailMillis how long a round of the far tail is
 * @param storeRounds rounds that the stores take turns in
 * @param storedRequests requests a round, into blocks
 * @param storedRows requests a round, one row each: fewer, because it takes longer
 * @param scannedRequests requests in the store that is searched
 * @param scannedRows rows in the table that is searched
 * @param weekRequests requests in a store that is started with a week of them
 * @param reportHours hours of rollups that the report is made of
 * @param reports how often it is asked for, after warming up
 * @param streamMillis how long each number of clients of the live feed is looked at
 * @param growthRounds rounds that the points of a curve take turns in
 * @param grownRequests requests in the largest store of a curve
 */
public record Effort(
        int recordRounds,
        int forks,
        int warmups,
        int iterations,
        int iterationMillis,
        int tailMillis,
        int storeRounds,
        int storedRequests,
        int storedRows,
        int scannedRequests,
        int scannedRows,
        int weekRequests,
        int reportHours,
        int reports,
        int streamMillis,
        int growthRounds,
        int grownRequests) {

    /** For figures that are published. */
    public static Effort full() {
        return new Effort(
                5,
                1,
                4,
                2,
                150,
                2_000,
                5,
                4_000_000,
                1_000_000,
                10_000_000,
                1_000_000,
                10_000_000,
                168,
                60,
                10_000,
                5,
                100_000_000);
    }

    /** For a look. */
    public static Effort brief() {
        return new Effort(
                1, 1, 3, 2, 150, 1_000, 2, 1_000_000, 200_000, 1_000_000, 100_000, 1_000_000, 24, 10, 3_000, 1,
                1_000_000);
    }

    /** Shows that every figure can be taken, in seconds; says nothing about their size. */
    public static Effort smoke() {
        return new Effort(1, 0, 1, 1, 10, 20, 1, 20_000, 2_000, 30_000, 3_000, 30_000, 2, 2, 300, 1, 100_000);
    }
}
