package io.millisight.store;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One request as it was stored.
 *
 * @param sequence the store's own number of the request: unique, growing in the order of storing
 * @param completedAtMicros wall time of completion, in microseconds since 1970
 * @param durationNanos exact duration
 * @param service name of the service that it was a request to
 * @param instance name of the instance that answered it
 */
public record StoredRequest(
        long sequence,
        Endpoint endpoint,
        int status,
        Outcome outcome,
        boolean stream,
        long completedAtMicros,
        long durationNanos,
        @Nullable String userId,
        String service,
        String instance) {}
