package io.millisight.live;

import io.millisight.observe.TimeSource;

/** A ceiling on lines a second, by the monotonic clock. Single writer. */
final class LineLimit {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final TimeSource time;
    private final int linesPerSecond;

    private long secondStartNanos;
    private int lines;
    private long heldBack;

    LineLimit(TimeSource time, int linesPerSecond) {
        this.time = time;
        this.linesPerSecond = linesPerSecond;
        this.secondStartNanos = time.nanoTime();
    }

    int linesPerSecond() {
        return linesPerSecond;
    }

    /** Whether one more line may be written now; if not, it counts as held back. */
    boolean allows() {
        if (isOpen()) {
            lines++;
            return true;
        }
        heldBack++;
        return false;
    }

    /** Whether a line would be allowed now. */
    boolean isOpen() {
        turnSecond();
        return lines < linesPerSecond;
    }

    /** Counts a line that is held back whatever the ceiling. */
    void holdBack() {
        turnSecond();
        heldBack++;
    }

    /** How many lines were held back in a second that is over, told once; 0 while the second lasts. */
    long takeHeldBack() {
        if (heldBack == 0 || time.nanoTime() - secondStartNanos < SECOND_NANOS) {
            return 0;
        }
        long taken = heldBack;
        heldBack = 0;
        return taken;
    }

    private void turnSecond() {
        long now = time.nanoTime();
        if (now - secondStartNanos >= SECOND_NANOS) {
            secondStartNanos = now;
            lines = 0;
        }
    }
}
