package io.millisight.alert;

import io.millisight.live.ClosedSlice;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.sketch.Sketch;
import io.millisight.sketch.SketchSnapshot;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the p99 of one scope: the service, or one endpoint. Single writer.
 *
 * <p>Closed slices gather until they hold the least number of requests that may be judged; slices older than the window
 * are let go, so that a scope with too few requests for it is never judged. Then the p99 of what gathered is held
 * against the baseline, once, and gathering begins anew:
 *
 * <ul>
 *   <li>The first p99 is the baseline.
 *   <li>Above {@code factor x baseline}, and above the floor, it is a spike. A spike never teaches the baseline. It
 *       raises an alert unless the last alert is younger than the cooldown.
 *   <li>Otherwise {@code baseline = weight x baseline + (1 - weight) x p99}.
 * </ul>
 */
final class SpikeJudge {

    /** How many requests an alert shows. */
    static final int SAMPLES = 3;

    static final Comparator<SlowRequest> SLOWEST_FIRST =
            Comparator.comparingLong(SlowRequest::durationNanos).reversed();

    private final SpikeRule rule;
    private final long windowNanos;
    private final @Nullable Endpoint endpoint;

    private final Deque<Part> gathered = new ArrayDeque<>(2);
    private long gatheredRequests;

    private double baselineNanos = Double.NaN;
    private boolean hasAlerted;
    private long alertedNanos;

    /** What a slice had for this scope. Requests are those with a latency: all but streams. */
    private record Part(long startNanos, SketchSnapshot latency, List<SlowRequest> slowest) {}

    SpikeJudge(SpikeRule rule, long windowNanos, @Nullable Endpoint endpoint) {
        this.rule = rule;
        this.windowNanos = windowNanos;
        this.endpoint = endpoint;
    }

    /** Takes what the slice had for this scope; the alert that follows from it, or null. */
    @Nullable SpikeAlert judge(ClosedSlice slice, RollupSnapshot rollup, List<SlowRequest> slowest) {
        gather(new Part(slice.startNanos(), rollup.latency(), slowest), slice.endNanos());
        if (gatheredRequests < rule.minimumRequests()) {
            return null;
        }
        double p99 = gatheredP99();
        double threshold =
                Math.max(rule.factor() * baselineNanos, (double) rule.floor().toNanos());
        SpikeAlert alert = null;
        if (Double.isNaN(baselineNanos)) {
            baselineNanos = p99;
        } else if (p99 <= threshold) {
            baselineNanos = rule.baselineWeight() * baselineNanos + (1 - rule.baselineWeight()) * p99;
        } else if (!isCoolingDown(slice.endNanos())) {
            hasAlerted = true;
            alertedNanos = slice.endNanos();
            alert = new SpikeAlert(
                    slice.endMicros(),
                    endpoint,
                    p99,
                    baselineNanos,
                    threshold,
                    rule.factor(),
                    gatheredRequests,
                    gatheredSlowest());
        }
        gathered.clear();
        gatheredRequests = 0;
        return alert;
    }

    /** The learned p99 in nanoseconds; NaN before the first judgement. */
    double baselineNanos() {
        return baselineNanos;
    }

    private void gather(Part part, long nowNanos) {
        gathered.addLast(part);
        gatheredRequests += part.latency.count();
        while (!gathered.isEmpty() && nowNanos - gathered.getFirst().startNanos > windowNanos) {
            gatheredRequests -= gathered.removeFirst().latency.count();
        }
    }

    private double gatheredP99() {
        if (gathered.size() == 1) {
            return gathered.getFirst().latency.quantileNanos(0.99);
        }
        Sketch sum = new Sketch();
        gathered.forEach(part -> sum.add(part.latency));
        return sum.snapshot().quantileNanos(0.99);
    }

    private List<SlowRequest> gatheredSlowest() {
        return gathered.stream()
                .flatMap(part -> part.slowest.stream())
                .sorted(SLOWEST_FIRST)
                .limit(SAMPLES)
                .toList();
    }

    private boolean isCoolingDown(long nowNanos) {
        return hasAlerted && nowNanos - alertedNanos < rule.cooldown().toNanos();
    }
}
