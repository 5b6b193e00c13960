package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A request over its endpoint's threshold, or one of the slowest behind an alert.
 *
 * @param path the raw path where it was kept, escaped for display nowhere: treat as hostile text
 * @param completedAtMicros wall time of completion, in microseconds since 1970
 * @param durationNanos exact duration
 */
public record SlowRequest(
        Endpoint endpoint,
        @Nullable String path,
        int status,
        Outcome outcome,
        long completedAtMicros,
        long durationNanos,
        @Nullable String userId) {

    /** What is kept of a slow observation. */
    static SlowRequest of(Observation observation) {
        return new SlowRequest(
                observation.endpoint(),
                observation.path(),
                observation.status(),
                observation.outcome(),
                observation.completedAtMicros(),
                observation.durationNanos(),
                observation.userId());
    }
}
