package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;
import java.util.List;
import java.util.Map;

/**
 * What is known from memory, at one instant: everything that completed before it was asked for is in it.
 *
 * @param sinceMicros begin of the counts: start, or the last reset
 * @param atMicros the instant of this summary
 * @param totalRequests requests since {@code sinceMicros}
 * @param totalServerErrors failed ones among them
 * @param slowRequestCount those over their threshold among them
 * @param windowMicros how much of the past the sliding window covers now, in microseconds
 * @param window all requests of the sliding window
 * @param slices the steps of the sliding window that have requests, oldest first; the last may be open still
 * @param endpoints the sliding window by endpoint; only endpoints with requests in it
 * @param slowRequests the last 100 over their threshold, newest first
 */
public record LiveSummary(
        long sinceMicros,
        long atMicros,
        long totalRequests,
        long totalServerErrors,
        long slowRequestCount,
        long windowMicros,
        RollupSnapshot window,
        List<Slice> slices,
        Map<Endpoint, RollupSnapshot> endpoints,
        List<SlowRequest> slowRequests) {

    /**
     * A step of the window.
     *
     * @param startMicros begin, in microseconds since 1970; stays the same as long as the slice is in the window
     * @param durationMicros its length; of the open one what has passed of it
     * @param requests all requests of it
     */
    public record Slice(long startMicros, long durationMicros, RollupSnapshot requests) {}
}
