package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;
import java.util.List;

/**
 * One step of the sliding window that has ended, with at least one request. Immutable.
 *
 * @param startNanos begin, on the monotonic clock
 * @param endNanos end, on the monotonic clock
 * @param startMicros begin by the wall clock as it was then, in microseconds since 1970
 * @param endMicros wall time of closing, in microseconds since 1970
 * @param service all requests of the slice
 * @param endpoints the same by endpoint; only endpoints with requests
 */
public record ClosedSlice(
        long startNanos,
        long endNanos,
        long startMicros,
        long endMicros,
        RollupSnapshot service,
        List<OfEndpoint> endpoints) {

    public ClosedSlice {
        endpoints = List.copyOf(endpoints);
    }

    /** The same without single requests: what the window keeps, to stay small. */
    ClosedSlice withoutSamples() {
        List<OfEndpoint> parts = endpoints.stream()
                .map(part -> new OfEndpoint(part.endpointId, part.endpoint, part.rollup, List.of()))
                .toList();
        return new ClosedSlice(startNanos, endNanos, startMicros, endMicros, service, parts);
    }

    /**
     * What one endpoint had in the slice.
     *
     * @param endpointId the endpoint's number in the data folder's dictionary
     * @param slowest its slowest requests, at most {@link LiveView#SAMPLES}, slowest first; streams are none of them
     */
    public record OfEndpoint(int endpointId, Endpoint endpoint, RollupSnapshot rollup, List<SlowRequest> slowest) {

        public OfEndpoint {
            slowest = List.copyOf(slowest);
        }
    }
}
