package io.millisight.health.probe;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The instant at which an answer is no longer waited for, on the monotonic clock. Immutable. */
final class Deadline {

    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    static Deadline in(Duration timeout) {
        return inNanos(timeout.toNanos());
    }

    static Deadline inNanos(long nanos) {
        return new Deadline(System.nanoTime() + nanos);
    }

    /** This one, so much earlier. */
    Deadline earlierBy(long nanos) {
        return new Deadline(atNanos - nanos);
    }

    boolean passed() {
        return remainingNanos() == 0;
    }

    /** At least 0. */
    long remainingNanos() {
        return Math.max(0, atNanos - System.nanoTime());
    }

    /** At least 1, as 0 means "for ever" to sockets. */
    int remainingMillis() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(remainingNanos())));
    }

    /** Rounded up; at least 1, as 0 means "for ever" to JDBC drivers. */
    int remainingSeconds() {
        return (remainingMillis() + 999) / 1000;
    }
}
