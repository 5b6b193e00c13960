package io.millisight.alert;

import io.millisight.health.CheckState;
import io.millisight.health.HealthListener;
import io.millisight.health.HealthStatus;
import io.millisight.observe.TimeSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Raises an alert when a health check turns, and keeps quiet about one that flaps. On the health monitor's thread.
 *
 * <p>A turn out of a status that had lasted for {@link #SETTLED_NANOS} is told at once. Any other is told when its status
 * has lasted so long, if it is then not what was told last. So, however often a check turns within a minute, it raises two
 * alerts at most: one when it begins, and one for what came of it. The first answer after the start is told only if
 * it is bad, and never that nothing is known.
 */
public final class HealthWatch implements HealthListener {

    /** A status that lasts for a minute is no flapping. */
    static final long SETTLED_NANOS = 60_000_000_000L;

    private final TimeSource time;
    private final AlertLog log;
    private final Map<String, Told> told = new HashMap<>();

    /** Raises its alerts in this log. */
    public HealthWatch(TimeSource time, AlertLog log) {
        this.time = time;
        this.log = log;
    }

    /** What was told of a check, and what has come since. */
    private static final class Told {
        private HealthStatus status = HealthStatus.HEALTHY;
        private boolean everTold;
        private long turnedNanos;
        private long turns;
    }

    @Override
    public void checked(CheckState before, CheckState now) {
        long nowNanos = time.nanoTime();
        Told of = told.get(now.name());
        if (of == null) {
            of = new Told();
            of.turnedNanos = nowNanos - SETTLED_NANOS;
            told.put(now.name(), of);
        }
        boolean settled = nowNanos - of.turnedNanos >= SETTLED_NANOS;
        if (before.hasRun() && before.status() != now.status()) {
            of.turns++;
            of.turnedNanos = nowNanos;
        }
        if (settled && now.status() != of.status && now.status() != HealthStatus.UNKNOWN) {
            log.raise(new HealthAlert(
                    now.checkedAtMicros(),
                    now.name(),
                    of.everTold ? of.status : before.status(),
                    now.status(),
                    now.message(),
                    now.responseTimeNanos(),
                    of.turns));
            of.status = now.status();
            of.everTold = true;
            of.turns = 0;
        }
    }
}
