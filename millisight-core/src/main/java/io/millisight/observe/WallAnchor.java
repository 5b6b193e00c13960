package io.millisight.observe;

/**
 * Places monotonic instants on the wall clock without reading it: wall = monotonic + offset. Any thread reads; one thread
 * refreshes now and then, so that the wall clock's corrections are followed.
 *
 * <p>The offset is one volatile word: an instant placed by the old offset is as right as the wall clock was then.
 */
public final class WallAnchor {

    /** The offset follows the wall clock once they have parted by this much; below it is the noise of reading both. */
    private static final long TOLERANCE_NANOS = 1_000_000;

    private static final int MOST_ATTEMPTS = 5;

    private final TimeSource time;
    private volatile long offsetNanos;

    /** Anchored at the present instant. */
    public WallAnchor(TimeSource time) {
        this.time = time;
        this.offsetNanos = measure();
    }

    /** Wall time of an instant of {@link TimeSource#nanoTime()}, in nanoseconds since 1970. */
    public long epochNanos(long nanoTime) {
        return nanoTime + offsetNanos;
    }

    /** Follows the wall clock. */
    public void refresh() {
        long measured = measure();
        if (Math.abs(measured - offsetNanos) > TOLERANCE_NANOS) {
            offsetNanos = measured;
        }
    }

    /** A thread that lost the processor between the two clocks would take that time for a correction: it looks again. */
    private long measure() {
        for (int attempt = 1; ; attempt++) {
            long before = time.nanoTime();
            long wallNanos = time.epochMicros() * 1_000;
            long between = time.nanoTime() - before;
            if (between < TOLERANCE_NANOS || attempt == MOST_ATTEMPTS) {
                return wallNanos - (before + between / 2);
            }
        }
    }
}
