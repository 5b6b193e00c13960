package io.millisight.sketch;

/** A mergeable base-2 exponential histogram of durations. Single writer. */
public final class Sketch {

    /** Counts one duration. */
    public void record(long nanos) {
        throw new IllegalStateException("not built yet");
    }

    /** Adds all that {@code other} has counted. */
    public void add(Sketch other) {
        throw new IllegalStateException("not built yet");
    }

    public long count() {
        throw new IllegalStateException("not built yet");
    }

    /** An immutable copy. */
    public SketchSnapshot snapshot() {
        throw new IllegalStateException("not built yet");
    }
}
