package io.millisight.alert;

import io.millisight.live.ClosedSlice;
import io.millisight.live.SliceListener;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Raises an alert when a p99 leaves its learned baseline, for the service as a whole and for every endpoint by itself.
 * One thread at a time: that of one instance's slices is whoever holds the consumer's lock.
 *
 * <p>A scope is judged at most once per closed slice, {@link SpikeJudge} has the rule. Cooldown runs on the monotonic
 * clock: a jump of the wall clock neither ends nor prolongs it.
 */
public final class SpikeDetector implements SliceListener {

    private final SpikeRule rule;
    private final long windowNanos;
    private final Consumer<SpikeAlert> alerts;

    private SpikeJudge service;
    private final Map<Integer, SpikeJudge> endpoints = new HashMap<>();

    /**
     * Hands its alerts over.
     *
     * @param window slices are gathered no longer than this until there are enough requests to judge
     */
    public SpikeDetector(SpikeRule rule, Duration window, Consumer<SpikeAlert> alerts) {
        this.rule = rule;
        this.windowNanos = window.toNanos();
        this.alerts = alerts;
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

    /** Forgets baselines and cooldowns. */
    public void reset() {
        service = new SpikeJudge(rule, windowNanos, null);
        endpoints.clear();
    }

    private void raise(@Nullable SpikeAlert alert) {
        if (alert != null) {
            alerts.accept(alert);
        }
    }
}
