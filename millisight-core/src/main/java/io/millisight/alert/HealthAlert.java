package io.millisight.alert;

import io.millisight.health.HealthStatus;
import org.jspecify.annotations.Nullable;

/**
 * A health check that has turned.
 *
 * @param atMicros when it was raised
 * @param check the check's name
 * @param from what the last alert about it said, unknown before the first
 * @param to how it is now
 * @param message why, in a sentence; null when there is nothing to say
 * @param responseTimeNanos how long the run took that turned it
 * @param turns how often it has turned since the last alert about it: more than once is flapping
 */
public record HealthAlert(
        long atMicros,
        String check,
        HealthStatus from,
        HealthStatus to,
        @Nullable String message,
        long responseTimeNanos,
        long turns)
        implements Alert {}
