package io.millisight.live;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.ObservationSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line a request, {@code GET /api/agents - 200 - 45.23ms}, at INFO on the logger {@code millisight.requests}, with a
 * ceiling of lines a second. Written by the consumer, never by a request. {@link #wantsPaths()} may be asked by any thread;
 * the rest is called under the consumer's lock.
 *
 * <p>Once the ceiling is reached, requests need not keep their paths until the second is over: a path doubles what a request
 * takes in the journal. Those that come without one because of that are held back.
 */
public final class RequestLog implements ObservationSink {

    private final Logger logger;
    private final LineLimit limit;
    private final StringBuilder line = new StringBuilder(128);

    /** The logger itself is asked once a drain. */
    private boolean on;

    /** Asked by every request. */
    private volatile boolean wantsPaths;

    /** Whether what comes now may have been recorded while no paths were wanted, although this is on. */
    private boolean withheld;

    /** @param linesPerSecond the ceiling; 0 turns the log off */
    public RequestLog(TimeSource time, int linesPerSecond) {
        this(time, linesPerSecond, LoggerFactory.getLogger("millisight.requests"));
    }

    RequestLog(TimeSource time, int linesPerSecond, Logger logger) {
        this.logger = logger;
        this.limit = new LineLimit(time, linesPerSecond);
        this.on = isWanted();
        this.wantsPaths = on;
    }

    /** Whether requests recorded now are logged, so that raw paths are worth keeping. */
    public boolean wantsPaths() {
        return wantsPaths;
    }

    @Override
    public void accept(Observation observation) {
        if (!on) {
            return;
        }
        tellHeldBack();
        String path = observation.path();
        if (path == null && withheld) {
            limit.holdBack();
        } else if (limit.allows()) {
            line.setLength(0);
            LogText.request(
                    line,
                    observation.endpoint().method(),
                    path == null ? observation.endpoint().route() : path,
                    observation.status(),
                    observation.durationNanos());
            logger.info(line.toString());
        }
    }

    @Override
    public void drained(JournalCursor upTo, long nowMicros) {
        tellHeldBack();
        boolean wanted = wantsPaths;
        boolean wasOn = on;
        on = isWanted();
        wantsPaths = on && limit.isOpen();
        withheld = wasOn && !(wanted && wantsPaths);
    }

    private boolean isWanted() {
        return limit.linesPerSecond() > 0 && logger.isInfoEnabled();
    }

    private void tellHeldBack() {
        long heldBack = limit.takeHeldBack();
        if (heldBack > 0) {
            logger.info("{} requests not logged: more than {} lines a second", heldBack, limit.linesPerSecond());
        }
    }
}
