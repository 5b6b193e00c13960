package io.millisight.rollup;

import io.millisight.observe.Observation;

/** Counters and the latency sketch of one endpoint and window. Single writer. */
public final class Rollup {

    /** Counts one observation. */
    public void add(Observation observation) {
        throw new IllegalStateException("not built yet");
    }

    /** Adds all that {@code other} has counted. */
    public void add(Rollup other) {
        throw new IllegalStateException("not built yet");
    }

    /** Adds a stored rollup. */
    public void add(EncodedRollup encoded) {
        throw new IllegalStateException("not built yet");
    }

    public long requests() {
        throw new IllegalStateException("not built yet");
    }

    /** An immutable copy. */
    public RollupSnapshot snapshot() {
        throw new IllegalStateException("not built yet");
    }
}
