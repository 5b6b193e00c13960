package io.millisight.observe;

import org.jspecify.annotations.Nullable;

/** Takes finished requests. Called by request threads: never throws and never waits. */
public interface Recorder {

    /**
     * Records one finished request.
     *
     * @param method as it came over the wire
     * @param route the template, never the raw path; not empty
     * @param status the status that went over the wire
     * @param outcome how the request ended
     * @param stream whether it was a stream: {@code endNanos} is then the time of the first byte
     * @param startNanos begin, by {@link Observer#nanoTime()}
     * @param endNanos end, by the same clock
     * @param userId the authenticated user, or null
     * @param path the raw path, kept when the request may be slow or have a line in the request log
     */
    void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long startNanos,
            long endNanos,
            @Nullable String userId,
            @Nullable String path);

    /** Counts a finished request of which a fault left too little to {@link #record}: the ledger has it among its recorder faults. */
    void countLost();
}
