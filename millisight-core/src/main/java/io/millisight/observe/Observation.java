package io.millisight.observe;

import org.jspecify.annotations.Nullable;

/**
 * One finished request, as the journal's consumer hands it on.
 *
 * @param endpointId the endpoint's number in this data folder's dictionary: dense, from 0, stable over restarts
 * @param endpoint method and route
 * @param status the status that went over the wire, 0 to 999
 * @param outcome how the request ended
 * @param stream whether this was a stream (server-sent events, an upgrade): its duration is the time to first byte and
 *     stays out of latency
 * @param completedAtMicros wall time of completion, in microseconds since 1970
 * @param durationNanos monotonic duration, at least 0
 * @param userId the user, where known and where the policy keeps it
 * @param path the raw path, where it was kept: of requests that may be slow or have a line in the request log
 */
public record Observation(
        int endpointId,
        Endpoint endpoint,
        int status,
        Outcome outcome,
        boolean stream,
        long completedAtMicros,
        long durationNanos,
        @Nullable String userId,
        @Nullable String path) {

    /** Whether the service failed: a status of 500 or more, an exception, or a timeout. */
    public boolean isServerError() {
        return status >= 500 || outcome == Outcome.EXCEPTION || outcome == Outcome.TIMEOUT;
    }

    /** Whether the caller was at fault: a status from 400 to 499 without a failure of the service. */
    public boolean isClientError() {
        return status >= 400 && !isServerError();
    }
}
