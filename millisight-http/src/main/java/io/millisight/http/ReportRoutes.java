package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.observe.Endpoint;
import io.millisight.report.ActivityReport;
import io.millisight.report.EndpointReport;
import io.millisight.report.PerformanceReport;
import io.millisight.report.SeriesReport;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.SketchSnapshot;
import io.millisight.store.Scope;
import java.util.List;

/** What is answered from stored rollups: figures over hours, by endpoint, and over time. */
final class ReportRoutes {

    static final Parameter<Integer> HOURS = Parameter.wholeNumber("hours", 1, 168);
    static final Parameter<Long> FROM = Parameter.instant("from");
    static final Parameter<Long> TO = Parameter.instant("to");
    static final Parameter<Long> STEP = Parameter.minutes("step");
    static final Parameter<Integer> POINTS = Parameter.wholeNumber("points", 1, 240);

    /** Points of one series at most, and as many as are given unasked. */
    static final int MAX_POINTS = 2_000;

    static final int DEFAULT_POINTS = 120;

    /** Coarse enough for a heatmap: 8 buckets to each doubling, of the 64 that are stored. */
    static final int BUCKET_SCALE = 3;

    private static final int DEFAULT_HOURS = 24;
    private static final int SLOWEST = 10;
    private static final long DAY = 24 * TimeRange.HOUR;

    /** In minutes: what people read off a time axis. */
    private static final long[] STEPS = {1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720};

    private final Millisight millisight;

    ReportRoutes(Millisight millisight) {
        this.millisight = millisight;
    }

    List<Route> routes() {
        List<MediaType> json = List.of(MediaType.JSON);
        return List.of(
                new Route(
                        "GET",
                        "/metrics/performance",
                        List.of(HOURS, FROM, TO, ScopeParameters.SERVICE, ScopeParameters.INSTANCE),
                        json,
                        (parameters, type) -> performance(parameters)),
                new Route(
                        "GET",
                        "/metrics/endpoints",
                        List.of(
                                HOURS,
                                FROM,
                                TO,
                                LiveRoutes.ENDPOINT,
                                POINTS,
                                ScopeParameters.SERVICE,
                                ScopeParameters.INSTANCE),
                        json,
                        (parameters, type) -> endpoints(parameters)),
                new Route(
                        "GET",
                        "/metrics/series",
                        List.of(FROM, TO, STEP, LiveRoutes.ENDPOINT, ScopeParameters.SERVICE, ScopeParameters.INSTANCE),
                        json,
                        (parameters, type) -> series(parameters)));
    }

    private Scope scope(Parameters parameters) {
        return ScopeParameters.scope(parameters, millisight.config().service());
    }

    private Answer performance(Parameters parameters) {
        Scope scope = scope(parameters);
        PerformanceReport report = millisight.report(range(parameters), scope);
        List<EndpointReport> slowest = report.endpoints().stream()
                .filter(endpoint -> endpoint.rollup().latency().count() > 0)
                .limit(SLOWEST)
                .toList();
        return Answer.object(json -> {
            range(json, report.range(), parameters);
            ScopeParameters.write(json, scope);
            json.number("total_requests", report.total().requests());
            latency(json, report.total());
            json.objects("slowest_endpoints", slowest, endpoint -> endpoint(json, endpoint));
        });
    }

    private Answer endpoints(Parameters parameters) {
        TimeRange range = range(parameters);
        Scope scope = scope(parameters);
        Integer points = parameters.get(POINTS);
        PerformanceReport report = millisight.report(range, scope);
        ActivityReport activity =
                points == null ? null : millisight.activity(range, sparklineStep(report.range(), points), scope);
        Endpoint only = parameters.get(LiveRoutes.ENDPOINT);
        List<EndpointReport> endpoints = report.endpoints().stream()
                .filter(endpoint -> only == null || only.equals(endpoint.endpoint()))
                .toList();
        double seconds = secondsPassed(report.range());
        double allNanos = report.total().latency().sumNanos();
        return Answer.object(json -> {
            range(json, report.range(), parameters);
            ScopeParameters.write(json, scope);
            json.percentileError();
            if (activity != null) {
                json.instant("sparkline_from", activity.range().fromMicros());
                json.number("sparkline_step", activity.stepMicros() / 1_000_000);
            }
            json.objects("endpoints", endpoints, endpoint -> {
                endpoint(json, endpoint);
                counts(json, endpoint.rollup());
                json.decimal("rate", endpoint.rollup().requests() / seconds, 3);
                json.share("time_share", endpoint.rollup().latency().sumNanos() / allNanos);
                if (activity != null) {
                    json.numbers("sparkline", activity.requests().getOrDefault(endpoint.endpoint(), List.of()));
                }
            });
        });
    }

    /** The shortest of whole minutes, beyond an hour of whole hours, that gives at most so many points. */
    private static long sparklineStep(TimeRange range, int points) {
        long unit = range.toMicros() - range.fromMicros() > points * TimeRange.HOUR ? TimeRange.HOUR : TimeRange.MINUTE;
        long begin = Math.floorDiv(range.fromMicros(), unit) * unit;
        return -Math.floorDiv(begin - range.toMicros(), points * unit) * unit;
    }

    /** Of what lies in the future nothing can have been counted. */
    private double secondsPassed(TimeRange range) {
        long passed = Math.min(range.toMicros(), millisight.time().epochMicros()) - range.fromMicros();
        return Math.max(1_000_000, passed) / 1e6;
    }

    private static void counts(Json json, RollupSnapshot rollup) {
        json.number("errors", rollup.serverErrors());
        json.number("client_errors", rollup.clientErrors());
        json.number("exceptions", rollup.exceptions());
        json.number("timeouts", rollup.timeouts());
        json.number("client_aborts", rollup.clientAborts());
        json.number("streams", rollup.streams());
    }

    private static void endpoint(Json json, EndpointReport report) {
        RollupSnapshot rollup = report.rollup();
        SketchSnapshot latency = rollup.latency();
        json.endpoint(report.endpoint());
        json.text("method", report.endpoint().method());
        json.text("route", report.endpoint().route());
        json.number("requests", rollup.requests());
        times(json, latency);
        json.millis("max_response_time", latency.count() > 0 ? (double) latency.maxNanos() : Double.NaN);
        rates(json, rollup);
    }

    private static void latency(Json json, RollupSnapshot rollup) {
        times(json, rollup.latency());
        rates(json, rollup);
        json.percentileError();
    }

    private static void times(Json json, SketchSnapshot latency) {
        json.millis("avg_response_time", latency.meanNanos());
        json.millis("p50_response_time", latency.quantileNanos(0.5));
        json.millis("p95_response_time", latency.quantileNanos(0.95));
        json.millis("p99_response_time", latency.quantileNanos(0.99));
    }

    private static void rates(Json json, RollupSnapshot rollup) {
        json.share("error_rate", rollup.errorRate());
        json.share("client_error_rate", (double) rollup.clientErrors() / rollup.requests());
    }

    static void range(Json json, TimeRange range) {
        json.instant("from", range.fromMicros());
        json.instant("to", range.toMicros());
    }

    private static void range(Json json, TimeRange range, Parameters parameters) {
        range(json, range);
        Integer hours = parameters.get(HOURS);
        boolean asked = parameters.get(FROM) != null || parameters.get(TO) != null;
        if (!asked) {
            json.number("hours", hours == null ? DEFAULT_HOURS : hours);
        }
    }

    /** By hours, it ends with the current minute, so that what has just completed is in it. */
    private TimeRange range(Parameters parameters) {
        long end = endOfNow(TimeRange.MINUTE);
        Integer hours = parameters.get(HOURS);
        Long from = parameters.get(FROM);
        Long to = parameters.get(TO);
        if (hours != null && (from != null || to != null)) {
            throw parameters.refused(HOURS, "either this, or 'from' and 'to'");
        }
        if (from == null && to == null) {
            return new TimeRange(end - (hours == null ? DEFAULT_HOURS : hours) * TimeRange.HOUR, end);
        }
        long last = to == null ? end : to;
        long first = from == null ? Math.max(0, last - DEFAULT_HOURS * TimeRange.HOUR) : from;
        if (first >= last) {
            throw parameters.refused(FROM, "an instant before 'to'");
        }
        return new TimeRange(first, last);
    }

    private long endOfNow(long step) {
        return (Math.floorDiv(millisight.time().epochMicros(), step) + 1) * step;
    }

    private Answer series(Parameters parameters) {
        long to = parameters.get(TO, endOfNow(TimeRange.MINUTE));
        long from = parameters.get(FROM, Math.max(0, to - TimeRange.HOUR));
        if (from >= to) {
            throw parameters.refused(FROM, "an instant before 'to'");
        }
        long step = parameters.get(STEP, defaultStep(from, to));
        TimeRange range = wholeSteps(from, to, step);
        if (points(range, step) > MAX_POINTS) {
            throw parameters.refused(STEP, "long enough for at most " + MAX_POINTS + " points between 'from' and 'to'");
        }
        Endpoint endpoint = parameters.get(LiveRoutes.ENDPOINT);
        Scope scope = scope(parameters);
        SeriesReport report = millisight.series(range, step, scope, endpoint);
        long now = millisight.time().epochMicros();
        return Answer.object(json -> {
            range(json, report.range());
            json.number("step", step / 1_000_000);
            json.endpoint(endpoint);
            ScopeParameters.write(json, scope);
            json.percentileError();
            json.number("bucket_scale", BUCKET_SCALE);
            json.text("bucket_unit", "ns");
            json.text(
                    "bucket_meaning",
                    "[index, count]: durations above base^index up to base^(index+1), base = 2^(2^-bucket_scale)");
            json.objects("points", report.points(), point -> {
                long elapsed = Math.min(step, Math.max(1_000_000, now - point.startMicros()));
                point(json, point, elapsed / 1e6);
            });
        });
    }

    /** @param seconds how much of the step has passed: the last one has only begun, and its rate must not look like a drop */
    private static void point(Json json, SeriesReport.Point point, double seconds) {
        RollupSnapshot rollup = point.rollup();
        SketchSnapshot latency = rollup.latency();
        json.instant("timestamp", point.startMicros());
        json.number("requests", rollup.requests());
        json.decimal("rate", rollup.requests() / seconds, 3);
        json.number("errors", rollup.serverErrors());
        json.number("client_errors", rollup.clientErrors());
        json.share("error_rate", rollup.errorRate());
        json.millis("avg", latency.meanNanos());
        json.millis("p50", latency.quantileNanos(0.5));
        json.millis("p95", latency.quantileNanos(0.95));
        json.millis("p99", latency.quantileNanos(0.99));
        json.buckets("buckets", latency, BUCKET_SCALE);
    }

    private static long defaultStep(long from, long to) {
        for (long minutes : STEPS) {
            long step = minutes * TimeRange.MINUTE;
            if (points(wholeSteps(from, to, step), step) <= DEFAULT_POINTS) {
                return step;
            }
        }
        long days = 1;
        while (points(wholeSteps(from, to, days * DAY), days * DAY) > DEFAULT_POINTS) {
            days *= 2;
        }
        return days * DAY;
    }

    private static TimeRange wholeSteps(long from, long to, long step) {
        return new TimeRange(Math.floorDiv(from, step) * step, -Math.floorDiv(-to, step) * step);
    }

    private static long points(TimeRange range, long step) {
        return (range.toMicros() - range.fromMicros()) / step;
    }
}
