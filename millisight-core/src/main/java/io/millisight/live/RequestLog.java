package io.millisight.live;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.ObservationSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line a request, {@code GET /api/agents - 200 - 45.23ms}, at INFO on the logger {@code millisight.requests}, with a
 * ceiling of lines a second. Written by the consumer, never by a request. {@link #isOn()} may be asked by any thread; the
 * rest is called under the consumer's lock.
 */
public final class RequestLog implements ObservationSink {

    private final Logger logger;
    private final LineLimit limit;
    private final StringBuilder line = new StringBuilder(128);

    /** Asked by every request: the logger itself is asked once a drain. */
    private volatile boolean on;

    /** @param linesPerSecond the ceiling; 0 turns the log off */
    public RequestLog(TimeSource time, int linesPerSecond) {
        this(time, linesPerSecond, LoggerFactory.getLogger("millisight.requests"));
    }

    RequestLog(TimeSource time, int linesPerSecond, Logger logger) {
        this.logger = logger;
        this.limit = new LineLimit(time, linesPerSecond);
        this.on = isWanted();
    }

    /** Whether requests are logged now, so that raw paths are worth keeping. A plain read. */
    public boolean isOn() {
        return on;
    }

    @Override
    public void accept(Observation observation) {
        if (!on) {
            return;
        }
        tellHeldBack();
        if (limit.allows()) {
            String path = observation.path();
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
        on = isWanted();
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
