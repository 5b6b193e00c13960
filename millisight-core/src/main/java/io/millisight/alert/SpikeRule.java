package io.millisight.alert;

import java.time.Duration;

/**
 * When a p99 is a spike.
 *
 * @param factor alert above so many times the baseline; above 1 to 1,000; default 2
 * @param baselineWeight weight of the old baseline in the moving average, 0 to below 1; default 0.9
 * @param minimumRequests never judge fewer requests, at least 1; default 50
 * @param cooldown silence after an alert of the same endpoint or of the service, 0 to 24 h; default 5 min
 * @param floor never alert on a p99 at or below this, whatever the ratio; 0 to 1 h; default 10 ms
 */
public record SpikeRule(double factor, double baselineWeight, int minimumRequests, Duration cooldown, Duration floor) {

    public SpikeRule {
        if (!(factor > 1) || factor > 1_000) {
            throw new IllegalArgumentException("alert.factor: " + factor + "; allowed: above 1 to 1000");
        }
        if (!(baselineWeight >= 0) || baselineWeight >= 1) {
            throw new IllegalArgumentException("alert.baseline-weight: " + baselineWeight + "; allowed: 0 to below 1");
        }
        if (minimumRequests < 1) {
            throw new IllegalArgumentException("alert.minimum-requests: " + minimumRequests + "; allowed: at least 1");
        }
        if (cooldown.isNegative() || cooldown.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("alert.cooldown: " + cooldown + "; allowed: PT0S to PT24H");
        }
        if (floor.isNegative() || floor.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("alert.floor: " + floor + "; allowed: PT0S to PT1H");
        }
    }

    /** Twice the baseline, weight 0.9, at least 50 requests, 5 minutes of cooldown, nothing at or below 10 ms. */
    public static SpikeRule defaults() {
        return new SpikeRule(2, 0.9, 50, Duration.ofMinutes(5), Duration.ofMillis(10));
    }
}
