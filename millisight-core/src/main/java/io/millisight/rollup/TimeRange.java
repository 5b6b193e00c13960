package io.millisight.rollup;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A half-open range of wall time, {@code [from, to)}, in microseconds since 1970.
 */
public record TimeRange(long fromMicros, long toMicros) {

    /** Microseconds of a minute, the finest rollup window. */
    public static final long MINUTE = 60_000_000L;

    /** Microseconds of an hour, the coarsest rollup window. */
    public static final long HOUR = 60 * MINUTE;

    public TimeRange {
        if (fromMicros > toMicros) {
            throw new IllegalArgumentException("from: " + fromMicros + " lies after to: " + toMicros);
        }
    }

    /** The range widened to whole minutes. */
    public TimeRange wholeMinutes() {
        return new TimeRange(Math.floorDiv(fromMicros, MINUTE) * MINUTE, -Math.floorDiv(-toMicros, MINUTE) * MINUTE);
    }

    public boolean contains(long micros) {
        return micros >= fromMicros && micros < toMicros;
    }

    public Duration length() {
        return Duration.of(toMicros - fromMicros, ChronoUnit.MICROS);
    }

    /** An instant of this scale, for people. */
    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }
}
