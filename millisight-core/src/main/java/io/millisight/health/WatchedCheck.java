package io.millisight.health;

import io.millisight.observe.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A check between its runs: when it is due, whether it hangs, what its answers in a row amount to. Single writer, the
 * monitor's thread; any thread reads {@link #state}.
 *
 * <p>The status turns when {@code failures} worse or {@code successes} better answers have come in a row, the first answer
 * of all excepted, and then to the last of them. A change that waits for its confirmation is looked at again after a fifth
 * of the interval. A run that is given up counts as an answer; the next one begins only when the probe has returned, and
 * until then every interval counts as another such answer.
 */
final class WatchedCheck {

    /** The first run comes within so long, so that checks do not all begin at once. */
    private static final long FIRST_RUN_WITHIN_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long SOONEST_CONFIRMATION_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int CONFIRMATION_DIVISOR = 5;
    private static final int JITTER_DIVISOR = 10;
    private static final int STALE_INTERVALS = 3;

    private final HealthCheck check;
    private final TimeSource time;
    private final LongUnaryOperator jitter;
    private final HealthListener listener;
    private final long intervalNanos;
    private final long timeoutNanos;

    private long dueNanos;
    private @Nullable ProbeRun running;
    private boolean givenUp;
    private int worseInARow;
    private int betterInARow;
    private volatile CheckState state;
    private volatile long checkedNanos;

    /** @param jitter gives a number from 0 to below its argument */
    WatchedCheck(HealthCheck check, TimeSource time, LongUnaryOperator jitter, HealthListener listener) {
        this.check = check;
        this.time = time;
        this.jitter = jitter;
        this.listener = listener;
        this.intervalNanos = check.interval().toNanos();
        this.timeoutNanos = check.timeout().toNanos();
        this.dueNanos = time.nanoTime() + jitter.applyAsLong(Math.min(intervalNanos, FIRST_RUN_WITHIN_NANOS));
        this.state = CheckState.before(check, time.epochMicros());
    }

    String name() {
        return check.name();
    }

    /** What is known now; stale when the last run is too long ago. */
    CheckState state(long nowNanos) {
        CheckState known = state;
        return known.hasRun() && nowNanos - checkedNanos > STALE_INTERVALS * intervalNanos + timeoutNanos
                ? known.asStale()
                : known;
    }

    /** Begins a run when it is due, and gives one up that takes too long. */
    void step(long nowNanos, Executor workers, ProbeRun.Ended ended) {
        ProbeRun run = running;
        if (run == null) {
            if (nowNanos - dueNanos >= 0) {
                begin(nowNanos, workers, ended);
            }
            return;
        }
        long waited = nowNanos - run.beganNanos();
        String tooLong = "no answer within " + inWords(timeoutNanos);
        if (!givenUp && waited >= timeoutNanos) {
            givenUp = true;
            run.interrupt();
            judge(HealthResult.down(tooLong), waited);
        } else if (givenUp && nowNanos - dueNanos >= 0) {
            dueNanos = nowNanos + intervalNanos;
            judge(HealthResult.down(tooLong + "; the probe hangs since " + inWords(waited)), waited);
        }
    }

    private void begin(long nowNanos, Executor workers, ProbeRun.Ended ended) {
        ProbeRun run = new ProbeRun(check, time, ended);
        running = run;
        givenUp = false;
        dueNanos = nowNanos + intervalNanos - jitter.applyAsLong(Math.max(1, intervalNanos / JITTER_DIVISOR));
        try {
            workers.execute(run);
        } catch (RuntimeException | OutOfMemoryError noThread) {
            running = null;
            judge(HealthResult.unknown("no thread to run it: " + ProbeRun.inOneLine(noThread)), 0);
        }
    }

    /** A run has come back; unheard when it had been given up, or is another check's. */
    void ended(ProbeRun run) {
        if (run == running) {
            running = null;
            if (!givenUp) {
                judge(run.result(), run.tookNanos());
            }
        }
    }

    /** How long this has nothing to do. */
    long idleNanos(long nowNanos) {
        ProbeRun run = running;
        return (run == null || givenUp ? dueNanos : run.beganNanos() + timeoutNanos) - nowNanos;
    }

    private void judge(HealthResult answer, long tookNanos) {
        HealthResult result = slowIsDegraded(answer, tookNanos);
        CheckState before = state;
        long nowMicros = time.epochMicros();
        HealthStatus status = turned(before, result.status());
        CheckState now = new CheckState(
                check.name(),
                check.critical(),
                check.interval(),
                status,
                status == before.status() ? before.sinceMicros() : nowMicros,
                result.status(),
                result.message(),
                result.details(),
                tookNanos,
                nowMicros,
                false);
        checkedNanos = time.nanoTime();
        state = now;
        if (status != result.status()) {
            long confirmation = Math.max(SOONEST_CONFIRMATION_NANOS, intervalNanos / CONFIRMATION_DIVISOR);
            if (dueNanos - (checkedNanos + confirmation) > 0) {
                dueNanos = checkedNanos + confirmation;
            }
        }
        listener.checked(before, now);
    }

    private HealthResult slowIsDegraded(HealthResult answer, long tookNanos) {
        Duration limit = check.degradedAbove();
        if (limit == null || answer.status() != HealthStatus.HEALTHY || tookNanos <= limit.toNanos()) {
            return answer;
        }
        return answer.as(HealthStatus.DEGRADED, "slow: " + inWords(tookNanos) + ", above " + inWords(limit.toNanos()));
    }

    private HealthStatus turned(CheckState before, HealthStatus observed) {
        HealthStatus current = before.status();
        if (observed.isWorseThan(current)) {
            worseInARow++;
            betterInARow = 0;
        } else if (current.isWorseThan(observed)) {
            betterInARow++;
            worseInARow = 0;
        } else {
            worseInARow = 0;
            betterInARow = 0;
        }
        if (!before.hasRun() || worseInARow >= check.failures() || betterInARow >= check.successes()) {
            worseInARow = 0;
            betterInARow = 0;
            return observed;
        }
        return current;
    }

    private static String inWords(long nanos) {
        long millis = Math.round(nanos / 1e6);
        return millis < 10_000 ? millis + " ms" : Math.round(millis / 1e3) + " s";
    }
}
