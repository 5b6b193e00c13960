package io.millisight.observe;

import java.time.Instant;

/**
 * The two clocks of a machine. Durations come from the monotonic one alone: wall time jumps, and never measures a duration.
 */
public interface TimeSource {

    /** The machine's own clocks. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long epochMicros() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    };

    /** Wall time in microseconds since 1970-01-01T00:00:00Z. May jump either way. */
    long epochMicros();

    /** Monotonic nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
    long nanoTime();
}
