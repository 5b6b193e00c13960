package io.millisight.store;

import io.millisight.observe.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * Wall time as far as retention may rely on it. A wall clock can be wrong by a year for an hour (a dead battery, a slip of
 * the hand, a time server not reached yet), and what was deleted for its age does not come back. One thread.
 *
 * <p>The rule. A wall clock that has run in step with the monotonic one for {@link #PROBATION_NANOS} is trusted. When it
 * jumps, by more than {@link #STEP_MICROS} at once, its time before the jump is still trusted, and goes on with the
 * monotonic clock; the new time is on probation. What retention counts from is the earlier of the two. Probation ends when it
 * has passed, or when the clock has come back. At the start nothing is known of what came before: then what the store
 * vouches for is trusted, see {@link Store#vouchedMicros}, and the wall clock itself is on probation.
 *
 * <p>So a wrong clock deletes nothing unless it stays wrong, undisturbed, for a day; and a right one that a service begins with, or
 * that wakes from a long sleep, keeps for a day longer what has ended meanwhile.
 */
final class TrustedClock {

    /** Long enough for people to notice; a seventh of what requests live by default. */
    static final long PROBATION_NANOS = TimeUnit.DAYS.toNanos(1);

    /** Less is how clocks are kept in step with the world, not a jump: and harmless, against retentions of hours and days. */
    static final long STEP_MICROS = TimeUnit.MINUTES.toMicros(1);

    private final TimeSource time;
    private long wallMicros;
    private long wallReadNanos;
    private long undisturbedSinceNanos;
    private long trustedMicros;
    private long trustedSinceNanos;

    /** Trusts {@code vouchedMicros} to be now or past. */
    TrustedClock(TimeSource time, long vouchedMicros) {
        this.time = time;
        this.trustedMicros = vouchedMicros;
        this.trustedSinceNanos = time.nanoTime();
        this.undisturbedSinceNanos = trustedSinceNanos;
        this.wallReadNanos = trustedSinceNanos;
        this.wallMicros = time.epochMicros();
    }

    /** What retention counts from, in microseconds since 1970; never later than the wall clock. To be asked now and then, for jumps are seen then. */
    long epochMicros() {
        long nanos = time.nanoTime();
        long wall = time.epochMicros();
        if (isStep(wall, wallMicros + (nanos - wallReadNanos) / 1_000)) {
            undisturbedSinceNanos = nanos;
        }
        wallMicros = wall;
        wallReadNanos = nanos;
        long trusted = trustedMicros + (nanos - trustedSinceNanos) / 1_000;
        if (nanos - undisturbedSinceNanos >= PROBATION_NANOS || !isStep(wall, trusted)) {
            trusted = wall;
            trustedMicros = wall;
            trustedSinceNanos = nanos;
        }
        return Math.min(wall, trusted);
    }

    private static boolean isStep(long wall, long expected) {
        return Math.abs(wall - expected) > STEP_MICROS;
    }
}
