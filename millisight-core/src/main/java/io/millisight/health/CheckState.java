package io.millisight.health;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one check at one instant.
 *
 * @param name the check's name
 * @param critical whether the service is down when this is
 * @param interval how often it runs
 * @param status what holds: it turns only when enough answers in a row say so
 * @param sinceMicros since when {@code status} holds, in microseconds since 1970
 * @param observed what the last run found; differs from {@code status} until it is confirmed
 * @param message why, of the last run; null when there is nothing to say
 * @param details figures of the last run
 * @param responseTimeNanos how long the last run took; of one that was cut off, how long it was waited for; -1 before the
 *     first
 * @param checkedAtMicros when the last run ended, in microseconds since 1970; 0 before the first
 * @param stale whether the last run is more than three intervals ago
 */
public record CheckState(
        String name,
        boolean critical,
        Duration interval,
        HealthStatus status,
        long sinceMicros,
        HealthStatus observed,
        @Nullable String message,
        Map<String, Object> details,
        long responseTimeNanos,
        long checkedAtMicros,
        boolean stale) {

    /** Before the first run. */
    static CheckState before(HealthCheck check, long nowMicros) {
        return new CheckState(
                check.name(),
                check.critical(),
                check.interval(),
                HealthStatus.UNKNOWN,
                nowMicros,
                HealthStatus.UNKNOWN,
                null,
                Map.of(),
                -1,
                0,
                false);
    }

    /** Whether it has ever run. */
    public boolean hasRun() {
        return checkedAtMicros != 0;
    }

    /** What may be relied on: {@code status}, or unknown when it is stale. */
    public HealthStatus reliable() {
        return stale ? HealthStatus.UNKNOWN : status;
    }

    CheckState asStale() {
        return new CheckState(
                name,
                critical,
                interval,
                status,
                sinceMicros,
                observed,
                message,
                details,
                responseTimeNanos,
                checkedAtMicros,
                true);
    }
}
