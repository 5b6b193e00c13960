package io.millisight.benchmarks;

/**
 * How much to measure.
 *
 * @param recordRounds how often the record path's benchmarks all run, one after the other
 * @param forks JVMs a benchmark and round; 0 runs in this one
 * @param warmups iterations that do not count
 * @param iterations iterations that count, a benchmark, round and fork
 * @param iterationMillis length of one
 * @param storeRounds rounds that the stores take turns in
 * @param storedRequests requests a round, into blocks
 * @param storedRows requests a round, one row each: fewer, because it takes longer
 * @param scannedRequests requests in the store that is searched
 * @param scannedRows rows in the table that is searched
 * @param reportHours hours of rollups that the report is made of
 * @param reports how often it is asked for, after warming up
 * @param serviceRounds rounds that whole services take turns in, in new JVMs each
 * @param serviceRequests requests a turn as fast as they are answered, and once more at a fixed rate
 * @param serviceIdleMillis how long they are left alone
 * @param servicePeers whether the peers' services run too: some take seconds to start
 */
public record Effort(
        int recordRounds,
        int forks,
        int warmups,
        int iterations,
        int iterationMillis,
        int storeRounds,
        int storedRequests,
        int storedRows,
        int scannedRequests,
        int scannedRows,
        int reportHours,
        int reports,
        int serviceRounds,
        int serviceRequests,
        int serviceIdleMillis,
        boolean servicePeers) {

    /** For figures that are published: under twelve minutes on two cores. */
    public static Effort full() {
        return new Effort(
                2, 1, 4, 5, 500, 5, 4_000_000, 1_000_000, 10_000_000, 1_000_000, 168, 60, 5, 12_000, 5_000, true);
    }

    /** For a look: about three minutes. */
    public static Effort brief() {
        return new Effort(1, 1, 2, 3, 200, 2, 1_000_000, 200_000, 1_000_000, 100_000, 24, 10, 1, 8_000, 5_000, true);
    }

    /** Shows that every figure can be taken, in seconds; says nothing about their size. */
    public static Effort smoke() {
        return new Effort(1, 0, 1, 1, 10, 1, 20_000, 2_000, 30_000, 3_000, 2, 2, 1, 200, 100, false);
    }
}
