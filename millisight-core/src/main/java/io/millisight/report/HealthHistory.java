package io.millisight.report;

import io.millisight.health.HealthStatus;
import io.millisight.rollup.TimeRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How checks were over a range.
 *
 * @param range the range
 * @param checks one for each check, service and instance that anything is known of, in this order of names
 */
public record HealthHistory(TimeRange range, List<OfCheck> checks) {

    /** Turns of one check at most, the newest; the count of all stands beside them. */
    public static final int MAX_TURNS = 1_000;

    /**
     * One check of one instance.
     *
     * @param check the check's name
     * @param service the service whose check it is
     * @param instance the instance that ran it
     * @param micros how long it was in each status, in microseconds; unknown is where nobody looked
     * @param turnCount how often it turned
     * @param turns the last {@link #MAX_TURNS} of them, newest first
     */
    public record OfCheck(
            String check,
            String service,
            String instance,
            Map<HealthStatus, Long> micros,
            long turnCount,
            List<Turn> turns) {

        /** The share of the known time in which it was not down, 0 to 1; NaN when nothing is known. */
        public double uptime() {
            long up = micros(HealthStatus.HEALTHY) + micros(HealthStatus.DEGRADED);
            return (double) up / (up + micros(HealthStatus.DOWN));
        }

        /** How long it was in this status, in microseconds. */
        public long micros(HealthStatus status) {
            return micros.getOrDefault(status, 0L);
        }
    }

    /**
     * A check has turned.
     *
     * @param atMicros when, in microseconds since 1970
     * @param from how it was before; unknown where nobody looked, as before the service started
     * @param to how it was from then on
     * @param message why, in a sentence; null when there was nothing to say
     * @param responseTimeNanos how long the run took; -1 for a turn to unknown, which no run has made
     * @param details figures of the run as one JSON object
     */
    public record Turn(
            long atMicros,
            HealthStatus from,
            HealthStatus to,
            @Nullable String message,
            long responseTimeNanos,
            String details) {}
}
