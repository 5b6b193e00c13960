package io.millisight.http;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.alert.Alert;
import io.millisight.live.LiveSummary;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.sketch.SketchSnapshot;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What is answered from memory: the summary, its reset, the slow requests. */
final class LiveRoutes {

    static final Parameter<Endpoint> ENDPOINT = Parameter.endpoint("endpoint");
    static final Parameter<Integer> LIMIT = Parameter.wholeNumber("limit", 1, 1_000);

    private static final int DEFAULT_LIMIT = 100;

    private final Millisight millisight;

    LiveRoutes(Millisight millisight) {
        this.millisight = millisight;
    }

    List<Route> routes() {
        List<MediaType> json = List.of(MediaType.JSON);
        return List.of(
                new Route("GET", "/metrics", List.of(), json, (parameters, type) -> summary()),
                new Route("DELETE", "/metrics", List.of(), List.of(), (parameters, type) -> reset()),
                new Route(
                        "GET",
                        "/metrics/slow",
                        List.of(ENDPOINT, LIMIT, ScopeParameters.SERVICE, ScopeParameters.INSTANCE),
                        json,
                        (parameters, type) -> slow(parameters)));
    }

    private Answer summary() {
        LiveSummary summary = millisight.summary();
        List<Alert> alerts = millisight.alerts();
        Ledger ledger = millisight.ledger();
        return Answer.object(json -> {
            json.text("service", millisight.config().service());
            json.text("instance", millisight.config().instance());
            json.instant("timestamp", summary.atMicros());
            json.instant("since", summary.sinceMicros());
            json.number("total_requests", summary.totalRequests());
            json.number("in_flight", millisight.inFlight().count());
            SketchSnapshot latency = summary.window().latency();
            json.millis("avg_response_time", latency.meanNanos());
            percentiles(json, latency);
            json.share("error_rate", summary.window().errorRate());
            json.percentileError();
            json.object("window", () -> {
                json.decimal("seconds", summary.windowMicros() / 1e6, 3);
                json.number("requests", summary.window().requests());
            });
            json.number("slow_queries_count", summary.slowRequestCount());
            json.objects("slow_queries", summary.slowRequests(), slow -> SlowRequestJson.write(json, slow));
            json.object("endpoint_breakdown", () -> summary.endpoints().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.comparing(Endpoint::name)))
                    .forEach(entry -> json.object(entry.getKey().name(), () -> breakdown(json, entry.getValue()))));
            json.objects("alerts", alerts, alert -> AlertJson.write(json, alert));
            LedgerJson.write(json, ledger, millisight.journalDescription());
        });
    }

    private static void breakdown(Json json, RollupSnapshot rollup) {
        SketchSnapshot latency = rollup.latency();
        boolean known = latency.count() > 0;
        json.number("count", rollup.requests());
        json.millis("avg", latency.meanNanos());
        json.millis("min", known ? (double) latency.minNanos() : Double.NaN);
        json.millis("max", known ? (double) latency.maxNanos() : Double.NaN);
        percentiles(json, latency);
        json.share("error_rate", rollup.errorRate());
    }

    private static void percentiles(Json json, SketchSnapshot latency) {
        json.millis("p50", latency.quantileNanos(0.5));
        json.millis("p95", latency.quantileNanos(0.95));
        json.millis("p99", latency.quantileNanos(0.99));
    }

    private Answer reset() {
        millisight.reset();
        return Answer.NO_CONTENT;
    }

    /** What this instance has in memory, paths included; of others what is stored. */
    private Answer slow(Parameters parameters) {
        int limit = parameters.get(LIMIT, DEFAULT_LIMIT);
        if (parameters.get(ScopeParameters.SERVICE) != null || parameters.get(ScopeParameters.INSTANCE) != null) {
            return storedSlow(parameters, limit);
        }
        List<SlowRequest> requests = millisight.slowRequests(parameters.get(ENDPOINT), limit);
        return Answer.object(json -> json.objects("slow_queries", requests, slow -> SlowRequestJson.write(json, slow)));
    }

    private Answer storedSlow(Parameters parameters, int limit) {
        Scope scope = ScopeParameters.scope(parameters, millisight.config().service());
        List<StoredRequest> requests = new StoredSlowRequests(millisight).list(scope, parameters.get(ENDPOINT), limit);
        return Answer.object(json -> {
            ScopeParameters.write(json, scope);
            json.objects("slow_queries", requests, slow -> SlowRequestJson.write(json, slow));
        });
    }
}
