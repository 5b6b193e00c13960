package io.millisight.live;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.ObservationSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that took longer than their endpoint's threshold: counted, the last of them kept, each logged at WARN on
 * {@code millisight.slow}. Every method is called under the consumer's lock.
 *
 * <p>Beside the last {@link #KEPT} of all, the last {@link #SHARE} of every endpoint are kept, so that one endpoint that
 * is always slow does not hide the others; endpoints beyond {@link #ENDPOINTS} push out the one that was slow longest
 * ago. A stream is never slow: it has no latency.
 */
public final class SlowRequests implements ObservationSink {

    /** How many are kept of all endpoints together. */
    public static final int KEPT = 100;

    /** How many are kept of each endpoint. */
    public static final int SHARE = 5;

    /** How many endpoints have a share. */
    public static final int ENDPOINTS = 500;

    /** The ceiling of log lines a second. */
    public static final int LINES_PER_SECOND = 100;

    private static final long NOT_ASKED = -1;

    private final ToLongFunction<Endpoint> thresholdNanos;
    private final Logger logger;
    private final LineLimit limit;

    /** Thresholds by endpoint id, asked for once each. */
    private long[] thresholds = new long[0];

    private final Deque<Numbered> last = new ArrayDeque<>();
    private final Map<Endpoint, Deque<Numbered>> shares = new LinkedHashMap<>(16, 0.75f, true);
    private long count;

    /** A slow request and its place in the order of arrival. */
    private record Numbered(long number, SlowRequest request) {}

    /** @param thresholdNanos above which duration an endpoint's request is slow, in nanoseconds; asked once per endpoint */
    public SlowRequests(TimeSource time, ToLongFunction<Endpoint> thresholdNanos) {
        this(time, thresholdNanos, LoggerFactory.getLogger("millisight.slow"));
    }

    SlowRequests(TimeSource time, ToLongFunction<Endpoint> thresholdNanos, Logger logger) {
        this.thresholdNanos = thresholdNanos;
        this.logger = logger;
        this.limit = new LineLimit(time, LINES_PER_SECOND);
    }

    @Override
    public void accept(Observation observation) {
        long threshold = threshold(observation);
        if (observation.durationNanos() > threshold && !observation.stream()) {
            SlowRequest request = SlowRequest.of(observation);
            keep(request);
            log(request, threshold);
        }
    }

    @Override
    public void drained(JournalCursor upTo, long nowMicros) {
        tellHeldBack();
    }

    /** How many there were since the start or the last reset. */
    public long count() {
        return count;
    }

    /** The last {@link #KEPT}, newest first. */
    public List<SlowRequest> latest() {
        return newestFirst(last, KEPT);
    }

    /**
     * Those that are kept, newest first: behind the last {@link #KEPT} of all come the older ones of the endpoints'
     * shares.
     *
     * @param endpoint of this endpoint alone, or null for all
     * @param most at most so many
     */
    public List<SlowRequest> list(@Nullable Endpoint endpoint, int most) {
        Map<Long, Numbered> kept = new TreeMap<>();
        last.forEach(numbered -> kept.put(numbered.number, numbered));
        shares.values().forEach(share -> share.forEach(numbered -> kept.put(numbered.number, numbered)));
        if (endpoint != null) {
            kept.values().removeIf(numbered -> !numbered.request.endpoint().equals(endpoint));
        }
        return newestFirst(kept.values(), most);
    }

    /** Forgets all of them, and their number. */
    public void reset() {
        last.clear();
        shares.clear();
        count = 0;
    }

    private void keep(SlowRequest request) {
        Numbered numbered = new Numbered(count++, request);
        addLast(last, numbered, KEPT);
        addLast(shares.computeIfAbsent(request.endpoint(), key -> new ArrayDeque<>(SHARE + 1)), numbered, SHARE);
        if (shares.size() > ENDPOINTS) {
            shares.remove(shares.keySet().iterator().next());
        }
    }

    private void log(SlowRequest request, long threshold) {
        if (!logger.isWarnEnabled()) {
            return;
        }
        tellHeldBack();
        if (limit.allows()) {
            logger.warn("{}, slow: over {}", LogText.request(request), LogText.millis(threshold));
        }
    }

    private void tellHeldBack() {
        long heldBack = limit.takeHeldBack();
        if (heldBack > 0) {
            logger.warn("{} slow requests not logged: more than {} lines a second", heldBack, LINES_PER_SECOND);
        }
    }

    private long threshold(Observation observation) {
        int id = observation.endpointId();
        if (id >= thresholds.length) {
            int known = thresholds.length;
            thresholds = Arrays.copyOf(thresholds, Math.max(id + 1, known * 2));
            Arrays.fill(thresholds, known, thresholds.length, NOT_ASKED);
        }
        if (thresholds[id] == NOT_ASKED) {
            thresholds[id] = thresholdNanos.applyAsLong(observation.endpoint());
        }
        return thresholds[id];
    }

    private static void addLast(Deque<Numbered> kept, Numbered numbered, int most) {
        kept.addLast(numbered);
        if (kept.size() > most) {
            kept.removeFirst();
        }
    }

    private static List<SlowRequest> newestFirst(Collection<Numbered> oldestFirst, int most) {
        List<SlowRequest> requests = new ArrayList<>();
        oldestFirst.stream()
                .skip(Math.max(0, oldestFirst.size() - (long) most))
                .forEach(numbered -> requests.add(numbered.request));
        Collections.reverse(requests);
        return List.copyOf(requests);
    }
}
