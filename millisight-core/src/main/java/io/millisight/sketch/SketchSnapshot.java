package io.millisight.sketch;

/** An immutable sketch. */
public final class SketchSnapshot {

    /** Receives the buckets that are not empty. */
    @FunctionalInterface
    public interface BucketVisitor {
        void bucket(int index, long count);
    }

    public long count() {
        throw new IllegalStateException("not built yet");
    }

    /** Exact sum in nanoseconds; stays at {@link Long#MAX_VALUE} when it would exceed it. */
    public long sumNanos() {
        throw new IllegalStateException("not built yet");
    }

    /** Exact; 0 when empty. */
    public long minNanos() {
        throw new IllegalStateException("not built yet");
    }

    /** Exact; 0 when empty. */
    public long maxNanos() {
        throw new IllegalStateException("not built yet");
    }

    /** Mean in nanoseconds; NaN when empty. */
    public double meanNanos() {
        throw new IllegalStateException("not built yet");
    }

    /** The duration at quantile {@code q} (0 to 1) in nanoseconds, NaN when empty. */
    public double quantileNanos(double q) {
        throw new IllegalStateException("not built yet");
    }

    /** Visits the non-empty buckets in rising order, at this scale or a coarser one. */
    public void forEachBucket(int scale, BucketVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }
}
