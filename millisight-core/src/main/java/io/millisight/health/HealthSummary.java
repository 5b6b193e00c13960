package io.millisight.health;

import java.util.List;

/**
 * How the service is, at one instant.
 *
 * @param atMicros the instant, in microseconds since 1970
 * @param checks every check, in the order they were added
 */
public record HealthSummary(long atMicros, List<CheckState> checks) {

    public HealthSummary {
        checks = List.copyOf(checks);
    }

    /**
     * Down when a critical check is down; else degraded when any check is degraded or down; else unknown when of any
     * check nothing is known; else healthy.
     */
    public HealthStatus status() {
        HealthStatus worst = HealthStatus.HEALTHY;
        for (CheckState check : checks) {
            HealthStatus counts = check.reliable() == HealthStatus.DOWN && !check.critical()
                    ? HealthStatus.DEGRADED
                    : check.reliable();
            if (counts.isWorseThan(worst)) {
                worst = counts;
            }
        }
        return worst;
    }

    /** Whether the service can take requests: every critical check is known to be healthy or degraded. */
    public boolean ready() {
        return checks.stream()
                .filter(CheckState::critical)
                .map(CheckState::reliable)
                .allMatch(status -> status == HealthStatus.HEALTHY || status == HealthStatus.DEGRADED);
    }
}
