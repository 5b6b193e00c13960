package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A request over its endpoint's threshold.
 *
 * @param path the raw path, escaped for display nowhere: treat as hostile text
 */
public record SlowRequest(
        Endpoint endpoint,
        @Nullable String path,
        int status,
        Outcome outcome,
        long completedAtMicros,
        long durationNanos,
        @Nullable String userId) {}
