package io.millisight.alert;

import io.millisight.live.ClosedSlice;
import io.millisight.live.LogText;
import io.millisight.live.SliceListener;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises an alert when a p99 leaves its learned baseline, for the service as a whole and for every endpoint by itself.
 * Every method is called under the consumer's lock.
 *
 * <p>A scope is judged at most once per closed slice, {@link SpikeJudge} has the rule. Cooldown runs on the monotonic
 * clock: a jump of the wall clock neither ends nor prolongs it.
 */
public final class SpikeDetector implements SliceListener {

    /** How many alerts are kept. */
    public static final int KEPT = 100;

    private final SpikeRule rule;
    private final long windowNanos;
    private final Logger logger;

    private SpikeJudge service;
    private final Map<Integer, SpikeJudge> endpoints = new HashMap<>();
    private final Deque<Alert> alerts = new ArrayDeque<>();

    /** @param window slices are gathered no longer than this until there are enough requests to judge */
    public SpikeDetector(SpikeRule rule, Duration window) {
        this(rule, window, LoggerFactory.getLogger("millisight.alerts"));
    }

    SpikeDetector(SpikeRule rule, Duration window, Logger logger) {
        this.rule = rule;
        this.windowNanos = window.toNanos();
        this.logger = logger;
        this.service = new SpikeJudge(rule, windowNanos, null);
    }

    @Override
    public void closed(ClosedSlice slice) {
        List<SlowRequest> slowest = slice.endpoints().stream()
                .flatMap(part -> part.slowest().stream())
                .sorted(SpikeJudge.SLOWEST_FIRST)
                .limit(SpikeJudge.SAMPLES)
                .toList();
        raise(service.judge(slice, slice.service(), slowest));
        for (ClosedSlice.OfEndpoint part : slice.endpoints()) {
            Endpoint endpoint = part.endpoint();
            SpikeJudge judge =
                    endpoints.computeIfAbsent(part.endpointId(), id -> new SpikeJudge(rule, windowNanos, endpoint));
            raise(judge.judge(slice, part.rollup(), part.slowest()));
        }
    }

    /** The last {@link #KEPT}, newest first. */
    public List<Alert> alerts() {
        return List.copyOf(alerts);
    }

    /** Forgets alerts, baselines and cooldowns. */
    public void reset() {
        service = new SpikeJudge(rule, windowNanos, null);
        endpoints.clear();
        alerts.clear();
    }

    private void raise(@Nullable Alert alert) {
        if (alert == null) {
            return;
        }
        alerts.addFirst(alert);
        if (alerts.size() > KEPT) {
            alerts.removeLast();
        }
        logger.error(line(alert));
    }

    private String line(Alert alert) {
        Endpoint endpoint = alert.endpoint();
        String scope = endpoint == null ? "all endpoints" : LogText.escape(endpoint.name());
        String samples = alert.samples().stream().map(LogText::request).collect(Collectors.joining("; "));
        return "p99 spike, " + scope + ": p99 " + LogText.millis(Math.round(alert.observedNanos()))
                + " of " + alert.requests() + " requests is above the threshold of "
                + LogText.millis(Math.round(alert.thresholdNanos()))
                + " (baseline " + LogText.millis(Math.round(alert.baselineNanos()))
                + ", factor " + rule.factor() + "); slowest: " + samples;
    }
}
