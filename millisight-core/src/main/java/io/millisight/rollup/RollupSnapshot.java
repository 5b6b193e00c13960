package io.millisight.rollup;

import io.millisight.sketch.SketchSnapshot;

/**
 * Immutable counters and latency of one or more endpoints over a window.
 *
 * @param requests all requests, streams included
 * @param serverErrors status 500 or more, exceptions, timeouts
 * @param clientErrors status 400 to 499
 * @param exceptions requests that an exception ended
 * @param clientAborts requests whose client went away
 * @param timeouts asynchronous requests past their limit
 * @param streams streams: counted here, not in {@code latency}
 * @param latency durations of all requests but streams
 */
public record RollupSnapshot(
        long requests,
        long serverErrors,
        long clientErrors,
        long exceptions,
        long clientAborts,
        long timeouts,
        long streams,
        SketchSnapshot latency) {

    /** No request. */
    public static final RollupSnapshot EMPTY = new RollupSnapshot(0, 0, 0, 0, 0, 0, 0, SketchSnapshot.EMPTY);

    /** Share of requests that failed, 0 to 1; NaN without requests. */
    public double errorRate() {
        return requests == 0 ? Double.NaN : (double) serverErrors / requests;
    }

    /** Share of requests at which the caller was at fault, 0 to 1; NaN without requests. */
    public double clientErrorRate() {
        return requests == 0 ? Double.NaN : (double) clientErrors / requests;
    }
}
