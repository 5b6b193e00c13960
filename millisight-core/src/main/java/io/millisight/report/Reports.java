package io.millisight.report;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions over any range of time by merging stored rollups: the cost depends on windows and endpoints, never on
 * the number of requests. Any thread.
 */
public final class Reports {

    /** The most steps that one series has. */
    public static final int MAX_POINTS = 2_000;

    private static final Comparator<EndpointReport> SLOWEST_FIRST = Comparator.comparingDouble(Reports::p95OrNone)
            .reversed()
            .thenComparing(report -> report.endpoint().name());

    private final Store store;

    public Reports(Store store) {
        this.store = store;
    }

    /**
     * The range, widened to whole minutes, in figures.
     *
     * @param scope whose
     * @throws io.millisight.store.StoreException when the store cannot answer
     */
    public PerformanceReport performance(TimeRange range, Scope scope) {
        TimeRange minutes = range.wholeMinutes();
        Map<Endpoint, Rollup> sums = sumsByEndpoint(minutes, scope);
        Rollup total = new Rollup();
        List<EndpointReport> endpoints = new ArrayList<>(sums.size());
        sums.forEach((endpoint, sum) -> {
            total.add(sum);
            endpoints.add(new EndpointReport(endpoint, sum.snapshot()));
        });
        endpoints.sort(SLOWEST_FIRST);
        return new PerformanceReport(minutes, total.snapshot(), endpoints);
    }

    /**
     * How checks were, and when they turned.
     *
     * @param nowMicros the present, in microseconds since 1970: what is later is not over yet
     * @throws io.millisight.store.StoreException when the store cannot answer
     */
    public HealthHistory health(HealthQuery query, long nowMicros) {
        Map<CheckOfInstance, HealthTimeline> timelines = new TreeMap<>();
        store.health(query, record -> timelines
                .computeIfAbsent(
                        new CheckOfInstance(record.check(), record.service(), record.instance()),
                        added -> new HealthTimeline(query.range()))
                .add(record));
        List<HealthHistory.OfCheck> checks = new ArrayList<>(timelines.size());
        timelines.forEach((of, timeline) -> checks.add(timeline.end(of.check, of.service, of.instance, nowMicros)));
        return new HealthHistory(query.range(), checks);
    }

    private record CheckOfInstance(String check, String service, String instance)
            implements Comparable<CheckOfInstance> {

        private static final Comparator<CheckOfInstance> ORDER = Comparator.comparing(CheckOfInstance::check)
                .thenComparing(CheckOfInstance::service)
                .thenComparing(CheckOfInstance::instance);

        @Override
        public int compareTo(CheckOfInstance other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * The range, widened to whole steps, step by step.
     *
     * @param stepMicros length of a step in microseconds, whole minutes
     * @param scope whose
     * @param endpoint of this endpoint alone, or null for all
     * @throws IllegalArgumentException when the step is not whole minutes, or there were more than {@link #MAX_POINTS}
     * @throws io.millisight.store.StoreException when the store cannot answer
     */
    public SeriesReport series(TimeRange range, long stepMicros, Scope scope, @Nullable Endpoint endpoint) {
        TimeRange whole = wholeSteps(range, stepMicros);
        return new SeriesReport(
                whole, stepMicros, points(whole, stepMicros, steps(whole, stepMicros), scope, endpoint));
    }

    /**
     * The range step by step, from its beginning on: requests alone, of every endpoint. It is widened to begin with a whole minute,
     * or hour where steps are whole hours, and to end with a whole step.
     *
     * @param stepMicros length of a step in microseconds, whole minutes
     * @param scope whose
     * @throws IllegalArgumentException when the step is not whole minutes, or there were more than {@link #MAX_POINTS}
     * @throws io.millisight.store.StoreException when the store cannot answer
     */
    public ActivityReport activity(TimeRange range, long stepMicros, Scope scope) {
        requireMinutes(stepMicros);
        long unit = stepMicros % TimeRange.HOUR == 0 ? TimeRange.HOUR : TimeRange.MINUTE;
        long begin = Math.floorDiv(range.fromMicros(), unit) * unit;
        long length = -Math.floorDiv(begin - range.toMicros(), stepMicros) * stepMicros;
        TimeRange whole = new TimeRange(begin, begin + length);
        int steps = steps(whole, stepMicros);
        Map<Endpoint, long[]> counts = new HashMap<>();
        store.rollups(new RollupQuery(whole, resolution(stepMicros), scope), (of, windowStartMicros, rollup) -> {
            long[] ofEndpoint = counts.computeIfAbsent(of, added -> new long[steps]);
            ofEndpoint[(int) ((windowStartMicros - whole.fromMicros()) / stepMicros)] += rollup.requests();
        });
        Map<Endpoint, List<Long>> requests = new HashMap<>();
        counts.forEach((endpoint, ofEndpoint) ->
                requests.put(endpoint, Arrays.stream(ofEndpoint).boxed().toList()));
        return new ActivityReport(whole, stepMicros, requests);
    }

    private static TimeRange wholeSteps(TimeRange range, long stepMicros) {
        requireMinutes(stepMicros);
        return new TimeRange(
                Math.floorDiv(range.fromMicros(), stepMicros) * stepMicros,
                -Math.floorDiv(-range.toMicros(), stepMicros) * stepMicros);
    }

    private static void requireMinutes(long stepMicros) {
        if (stepMicros < TimeRange.MINUTE || stepMicros % TimeRange.MINUTE != 0) {
            throw new IllegalArgumentException("step: " + text(stepMicros) + "; allowed: whole minutes, at least PT1M");
        }
    }

    private static int steps(TimeRange whole, long stepMicros) {
        long steps = (whole.toMicros() - whole.fromMicros()) / stepMicros;
        if (steps > MAX_POINTS) {
            throw new IllegalArgumentException("step: " + text(stepMicros) + " makes " + steps
                    + " points of the range; allowed: at most " + MAX_POINTS + " points");
        }
        return (int) steps;
    }

    /** A window of an hour lies within one step only if steps are whole hours. */
    private static RollupQuery.Resolution resolution(long stepMicros) {
        return stepMicros % TimeRange.HOUR == 0 ? RollupQuery.Resolution.COARSEST : RollupQuery.Resolution.MINUTE;
    }

    private Map<Endpoint, Rollup> sumsByEndpoint(TimeRange minutes, Scope scope) {
        // One query uses one instance per endpoint: its identity is found faster than its two strings are hashed.
        IdentityHashMap<Endpoint, Rollup> byIdentity = new IdentityHashMap<>();
        store.rollups(
                new RollupQuery(minutes, RollupQuery.Resolution.COARSEST, scope),
                (endpoint, windowStartMicros, rollup) -> byIdentity
                        .computeIfAbsent(endpoint, key -> new Rollup())
                        .add(rollup));
        Map<Endpoint, Rollup> sums = new HashMap<>();
        byIdentity.forEach((endpoint, sum) -> sums.merge(endpoint, sum, Reports::sum));
        return sums;
    }

    private List<SeriesReport.Point> points(
            TimeRange whole, long stepMicros, int steps, Scope scope, @Nullable Endpoint endpoint) {
        Rollup[] sums = new Rollup[steps];
        store.rollups(new RollupQuery(whole, resolution(stepMicros), scope), (of, windowStartMicros, rollup) -> {
            if (endpoint == null || endpoint.equals(of)) {
                int step = (int) ((windowStartMicros - whole.fromMicros()) / stepMicros);
                if (sums[step] == null) {
                    sums[step] = new Rollup();
                }
                sums[step].add(rollup);
            }
        });
        RollupSnapshot none = new Rollup().snapshot();
        List<SeriesReport.Point> points = new ArrayList<>(steps);
        for (int step = 0; step < steps; step++) {
            points.add(new SeriesReport.Point(
                    whole.fromMicros() + step * stepMicros, sums[step] == null ? none : sums[step].snapshot()));
        }
        return points;
    }

    private static Rollup sum(Rollup left, Rollup right) {
        left.add(right);
        return left;
    }

    /** Endpoints without a latency, streams alone, come last. */
    private static double p95OrNone(EndpointReport report) {
        double p95 = report.rollup().latency().quantileNanos(0.95);
        return Double.isNaN(p95) ? -1 : p95;
    }

    private static Duration text(long micros) {
        return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }
}
