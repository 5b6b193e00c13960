package io.millisight.benchmarks;

/** How much to measure. */
public enum Effort {

    /** For figures that are published. */
    FULL,

    /** For a look. */
    BRIEF,

    /** Shows that every figure can be taken, in seconds; says nothing about their size. */
    SMOKE;

    /** How often the record path's subjects all take their turn. */
    public int recordRounds() {
        return of(5, 1, 1);
    }

    /** JVMs a benchmark and round; 0 runs in this one. */
    public int forks() {
        return of(1, 1, 0);
    }

    /** Iterations that do not count: the largest of the peers takes three seconds until all of it is compiled. */
    public int warmups() {
        return of(10, 5, 1);
    }

    /** Iterations that count, a benchmark, round and fork. */
    public int iterations() {
        return of(2, 2, 1);
    }

    /** Length of one. */
    public int iterationMillis() {
        return of(400, 150, 10);
    }

    /** Rounds of the far tail that do not count. */
    public int tailWarmUps() {
        return of(3, 1, 0);
    }

    /** How long a round of the far tail is. */
    public int tailMillis() {
        return of(2_000, 1_000, 20);
    }

    /** Rounds that the stores take turns in. */
    public int storeRounds() {
        return of(5, 2, 1);
    }

    /** Requests a round, into blocks. */
    public int storedRequests() {
        return of(4_000_000, 1_000_000, 20_000);
    }

    /** Requests a round, one row each: fewer, because it takes longer. */
    public int storedRows() {
        return of(1_000_000, 200_000, 2_000);
    }

    /** Requests in the store that is searched. */
    public int scannedRequests() {
        return of(10_000_000, 1_000_000, 30_000);
    }

    /** Rows in the table that is searched. */
    public int scannedRows() {
        return of(1_000_000, 100_000, 3_000);
    }

    /** Requests in a store that is started with a week of them. */
    public int weekRequests() {
        return of(10_000_000, 1_000_000, 30_000);
    }

    /** Hours of rollups that the report is made of. */
    public int reportHours() {
        return of(168, 24, 2);
    }

    /** How often it is asked for, after warming up. */
    public int reports() {
        return of(60, 10, 2);
    }

    /** How long each number of clients of the live feed is looked at. */
    public int streamMillis() {
        return of(10_000, 3_000, 300);
    }

    /** Rounds that the points of a curve take turns in. */
    public int growthRounds() {
        return of(5, 1, 1);
    }

    /** Requests in the largest store of a curve. */
    public int grownRequests() {
        return of(100_000_000, 1_000_000, 100_000);
    }

    /** Rounds that whole services take turns in, in new JVMs each. */
    public int serviceRounds() {
        return of(5, 1, 1);
    }

    /** Requests that do not count, until a service is compiled. */
    public int serviceWarmUps() {
        return of(100_000, 30_000, 400);
    }

    /** Turns that services take in a round, one after the other. */
    public int serviceTurns() {
        return of(6, 3, 1);
    }

    /** Requests a turn, as fast as they are answered; and at the end of a round as many at a fixed rate. */
    public int serviceRequests() {
        return of(12_000, 8_000, 200);
    }

    /** How long they are left alone. */
    public int serviceIdleMillis() {
        return of(5_000, 5_000, 100);
    }

    /** Whether the peers' services run too: some take seconds to start. */
    public boolean servicePeers() {
        return this != SMOKE;
    }

    private int of(int full, int brief, int smoke) {
        return switch (this) {
            case FULL -> full;
            case BRIEF -> brief;
            case SMOKE -> smoke;
        };
    }
}
