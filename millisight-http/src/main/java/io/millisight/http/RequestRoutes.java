package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestKey;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * The stored requests, newest first: as JSON by the page, as CSV or NDJSON all that match. An export holds one page of
 * the store in memory at a time, however many there are.
 */
final class RequestRoutes {

    static final Parameter<Long> MIN_MS = Parameter.millis("min_ms");
    static final Parameter<Long> MAX_MS = Parameter.millis("max_ms");
    static final Parameter<Parameter.StatusRange> STATUS = Parameter.status("status");
    static final Parameter<String> USER_ID = Parameter.text("user_id", 255);
    static final Parameter<RequestKey> CURSOR =
            new Parameter<>("cursor", "a 'next_cursor' of an earlier answer", RequestCursor::decode);

    private static final int DEFAULT_LIMIT = 100;
    private static final Parameter.StatusRange ANY_STATUS = new Parameter.StatusRange(0, 999);

    private final Millisight millisight;
    private final int exportPage;

    /** @param exportPage requests that an export reads at once */
    RequestRoutes(Millisight millisight, int exportPage) {
        this.millisight = millisight;
        this.exportPage = exportPage;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/metrics/requests",
                        with(LiveRoutes.LIMIT, CURSOR),
                        List.of(MediaType.JSON, MediaType.NDJSON, MediaType.CSV),
                        this::answer),
                new Route(
                        "GET",
                        "/metrics/statuses",
                        with(),
                        List.of(MediaType.JSON),
                        (parameters, type) -> statuses(parameters)));
    }

    /** Those that say which requests, and these. */
    private static List<Parameter<?>> with(Parameter<?>... more) {
        List<Parameter<?>> all = new ArrayList<>(
                List.of(ReportRoutes.FROM, ReportRoutes.TO, LiveRoutes.ENDPOINT, MIN_MS, MAX_MS, STATUS, USER_ID));
        all.addAll(List.of(more));
        all.addAll(List.of(ScopeParameters.SERVICE, ScopeParameters.INSTANCE));
        return all;
    }

    private Answer statuses(Parameters parameters) {
        RequestQuery query = query(parameters, 1);
        SortedMap<Integer, Long> counts = millisight.statuses(query);
        return Answer.object(json -> {
            ReportRoutes.range(json, query.range());
            json.endpoint(query.endpoint());
            ScopeParameters.write(json, query.scope());
            json.objects("statuses", counts.entrySet(), count -> {
                json.number("status", count.getKey());
                json.number("requests", count.getValue());
            });
        });
    }

    private Answer answer(Parameters parameters, MediaType type) {
        if (type.equals(MediaType.JSON)) {
            return page(query(parameters, parameters.get(LiveRoutes.LIMIT, DEFAULT_LIMIT)));
        }
        // An export ends early only where the client says so.
        Integer limit = parameters.get(LiveRoutes.LIMIT);
        RequestQuery query = query(parameters, limit == null ? exportPage : limit);
        RequestPage first = millisight.requests(query);
        boolean onlyFirst = limit != null;
        return Answer.ok(out -> {
            if (type.equals(MediaType.CSV)) {
                RequestCsv.write(out, csv -> export(query, first, onlyFirst, csv::row));
            } else {
                Json.write(
                        out,
                        json -> export(query, first, onlyFirst, request -> {
                            json.object(() -> fields(json, request));
                            json.newLine();
                        }));
            }
        });
    }

    private RequestQuery query(Parameters parameters, int limit) {
        // The instant of now belongs to it: what has just completed is in the answer.
        long to = parameters.get(ReportRoutes.TO, millisight.time().epochMicros() + 1);
        long from = parameters.get(ReportRoutes.FROM, 0L);
        if (from >= to) {
            throw parameters.refused(ReportRoutes.FROM, "an instant before 'to'");
        }
        long least = parameters.get(MIN_MS, 0L);
        long most = parameters.get(MAX_MS, Long.MAX_VALUE);
        if (least > most) {
            throw parameters.refused(MIN_MS, "at most 'max_ms'");
        }
        Parameter.StatusRange status = parameters.get(STATUS, ANY_STATUS);
        Endpoint endpoint = parameters.get(LiveRoutes.ENDPOINT);
        String userId = parameters.get(USER_ID);
        return new RequestQuery(
                new TimeRange(from, to),
                ScopeParameters.scope(parameters, millisight.config().service()),
                endpoint,
                least,
                most,
                status.from(),
                status.to(),
                userId,
                limit,
                parameters.get(CURSOR));
    }

    private Answer page(RequestQuery query) {
        RequestPage page = millisight.requests(query);
        RequestKey next = page.next();
        return Answer.object(json -> {
            json.objects("requests", page.requests(), request -> fields(json, request));
            json.text("next_cursor", next == null ? null : RequestCursor.encode(next));
        });
    }

    private static void fields(Json json, StoredRequest request) {
        json.instant("timestamp", request.completedAtMicros());
        json.endpoint(request.endpoint());
        json.text("method", request.endpoint().method());
        json.text("route", request.endpoint().route());
        json.number("status", request.status());
        json.text("outcome", SlowRequestJson.outcome(request.outcome()));
        json.flag("stream", request.stream());
        json.millis("duration_ms", request.durationNanos());
        json.number("duration_ns", request.durationNanos());
        json.text("user_id", request.userId());
        json.text("service", request.service());
        json.text("instance", request.instance());
    }

    private void export(RequestQuery query, RequestPage first, boolean onlyFirst, Consumer<StoredRequest> sink) {
        RequestPage page = first;
        page.requests().forEach(sink);
        for (RequestKey next = page.next(); next != null && !onlyFirst; next = page.next()) {
            page = millisight.requests(query.after(next));
            page.requests().forEach(sink);
        }
    }
}
