package io.millisight.testkit;

import io.millisight.observe.TimeSource;
import java.time.Duration;

/** Both clocks of a machine, moved by hand. Any thread may move and read them. */
public final class ManualClock implements TimeSource {

    private long epochMicros;
    private long nanoTime;

    /** Begins at 2026-01-01T00:00:00Z. */
    public ManualClock() {
        this(1_767_225_600_000_000L);
    }

    /** Begins at this wall time, in microseconds since 1970. */
    public ManualClock(long epochMicros) {
        this.epochMicros = epochMicros;
    }

    /** Lets time pass: both clocks move. */
    public synchronized void advance(Duration time) {
        epochMicros += time.toNanos() / 1_000;
        nanoTime += time.toNanos();
    }

    /** Lets the wall clock jump, either way; the monotonic clock stays. */
    public synchronized void setEpochMicros(long micros) {
        epochMicros = micros;
    }

    @Override
    public synchronized long epochMicros() {
        return epochMicros;
    }

    @Override
    public synchronized long nanoTime() {
        return nanoTime;
    }
}
