package io.millisight.store;

import io.millisight.health.HealthStatus;
import org.jspecify.annotations.Nullable;

/**
 * What was known of one health check from an instant on.
 *
 * @param service name of the service whose check it is
 * @param instance name of the instance that ran it
 * @param check the check's name
 * @param status how it was
 * @param checkedAtMicros since when this is known, in microseconds since 1970
 * @param knownUntilMicros until when it counts, unless a later record says otherwise: afterwards nothing is known
 * @param responseTimeNanos how long the run took
 * @param message why, in a sentence; null when there was nothing to say
 * @param details figures of the run as one JSON object
 */
public record HealthRecord(
        String service,
        String instance,
        String check,
        HealthStatus status,
        long checkedAtMicros,
        long knownUntilMicros,
        long responseTimeNanos,
        @Nullable String message,
        String details) {

    /** No record counts for longer: what was known at an instant, some record of so much before it says. */
    public static final long MAX_KNOWN_MICROS = 4 * 3_600_000_000L;

    public HealthRecord {
        if (knownUntilMicros < checkedAtMicros || knownUntilMicros - checkedAtMicros > MAX_KNOWN_MICROS) {
            throw new IllegalArgumentException("health record of " + check + ", known for "
                    + (knownUntilMicros - checkedAtMicros) + " us; allowed: 0 to " + MAX_KNOWN_MICROS);
        }
    }
}
