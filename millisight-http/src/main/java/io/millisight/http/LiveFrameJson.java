package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.alert.Alert;
import io.millisight.health.CheckState;
import io.millisight.live.LiveSummary;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.sketch.SketchSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes frames of the live feed. */
final class LiveFrameJson {

    private final Millisight millisight;

    LiveFrameJson(Millisight millisight) {
        this.millisight = millisight;
    }

    /**
     * A frame.
     *
     * @param before what the client knows; null for a frame that holds everything
     * @param rated what rates count from; null where nothing went before
     */
    byte[] write(String id, @Nullable LiveState before, @Nullable LiveState rated, LiveState now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
        try {
            Json.write(
                    bytes,
                    json -> json.object(() -> {
                        json.text("id", id);
                        json.flag("full", before == null);
                        json.instant("timestamp", now.summary().atMicros());
                        json.text("service", millisight.config().service());
                        json.text("instance", millisight.config().instance());
                        moment(json, rated, now);
                        window(json, now.summary());
                        slices(json, before, now);
                        endpoints(json, before, now);
                        json.objects("slow", newSlow(before, now), slow -> SlowRequestJson.write(json, slow));
                        json.objects("alerts", newAlerts(before, now), alert -> AlertJson.write(json, alert));
                        health(json, before, now);
                        LedgerJson.write(json, now.ledger());
                        json.decimal("lag_seconds", now.lagSeconds(), 3);
                    }));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not of a stream in memory
        }
        return bytes.toByteArray();
    }

    private static void moment(Json json, @Nullable LiveState rated, LiveState now) {
        LiveSummary summary = now.summary();
        long requests =
                rated == null ? 0 : summary.totalRequests() - rated.summary().totalRequests();
        long errors = rated == null
                ? 0
                : summary.totalServerErrors() - rated.summary().totalServerErrors();
        double seconds = rated == null ? Double.NaN : (now.atNanos() - rated.atNanos()) / 1e9;
        json.decimal("seconds", seconds, 3);
        json.number("requests", requests);
        json.number("errors", errors);
        json.decimal("rate", requests / seconds, 2);
        json.share("error_rate", (double) errors / requests);
        json.number("in_flight", now.inFlight());
        json.number("total_requests", summary.totalRequests());
    }

    private void window(Json json, LiveSummary summary) {
        RollupSnapshot window = summary.window();
        json.object("window", () -> {
            json.decimal("seconds", summary.windowMicros() / 1e6, 3);
            json.decimal("full_seconds", millisight.config().window().toMillis() / 1e3, 3);
            json.decimal("slice_seconds", millisight.config().slice().toMillis() / 1e3, 3);
            json.number("requests", window.requests());
            json.share("error_rate", window.errorRate());
            times(json, window.latency());
        });
        json.percentileError();
        json.number("bucket_scale", ReportRoutes.BUCKET_SCALE);
    }

    private static void slices(Json json, @Nullable LiveState before, LiveState now) {
        Map<Long, LiveSummary.Slice> known = new LinkedHashMap<>();
        if (before != null) {
            before.summary().slices().forEach(slice -> known.put(slice.startMicros(), slice));
        }
        List<LiveSummary.Slice> changed = now.summary().slices().stream()
                .filter(slice -> !slice.equals(known.get(slice.startMicros())))
                .toList();
        json.objects("slices", changed, slice -> {
            RollupSnapshot requests = slice.requests();
            double seconds = slice.durationMicros() / 1e6;
            json.instant("timestamp", slice.startMicros());
            json.decimal("seconds", seconds, 3);
            figures(json, requests, seconds);
            json.number("client_errors", requests.clientErrors());
            json.buckets("buckets", requests.latency(), ReportRoutes.BUCKET_SCALE);
        });
    }

    /** Those whose figures over the window differ, also because older requests have left it; none are left of some. */
    private static void endpoints(Json json, @Nullable LiveState before, LiveState now) {
        Map<Endpoint, RollupSnapshot> known =
                before == null ? Map.of() : before.summary().endpoints();
        Map<Endpoint, RollupSnapshot> present = now.summary().endpoints();
        Map<Endpoint, RollupSnapshot> changed = new LinkedHashMap<>();
        present.forEach((endpoint, rollup) -> {
            if (!rollup.equals(known.get(endpoint))) {
                changed.put(endpoint, rollup);
            }
        });
        known.keySet().stream()
                .filter(endpoint -> !present.containsKey(endpoint))
                .forEach(endpoint -> changed.put(endpoint, RollupSnapshot.EMPTY));
        double seconds = now.summary().windowMicros() / 1e6;
        double allNanos = now.summary().window().latency().sumNanos();
        json.objects("endpoints", changed.entrySet(), entry -> {
            json.endpoint(entry.getKey());
            figures(json, entry.getValue(), seconds);
            json.share("time_share", entry.getValue().latency().sumNanos() / allNanos);
        });
    }

    private static void figures(Json json, RollupSnapshot rollup, double seconds) {
        json.number("requests", rollup.requests());
        json.decimal("rate", rollup.requests() / seconds, 2);
        json.number("errors", rollup.serverErrors());
        json.share("error_rate", rollup.errorRate());
        times(json, rollup.latency());
    }

    private static void times(Json json, SketchSnapshot latency) {
        json.millis("avg", latency.meanNanos());
        json.millis("p50", latency.quantileNanos(0.5));
        json.millis("p95", latency.quantileNanos(0.95));
        json.millis("p99", latency.quantileNanos(0.99));
    }

    private static List<SlowRequest> newSlow(@Nullable LiveState before, LiveState now) {
        List<SlowRequest> latest = now.summary().slowRequests();
        long known = before == null ? 0 : before.summary().slowRequestCount();
        long added = now.summary().slowRequestCount() - known;
        return latest.subList(0, (int) Math.min(added, latest.size()));
    }

    private static List<Alert> newAlerts(@Nullable LiveState before, LiveState now) {
        Set<Alert> known = new HashSet<>(before == null ? List.of() : before.alerts());
        return now.alerts().stream().filter(alert -> !known.contains(alert)).toList();
    }

    private static void health(Json json, @Nullable LiveState before, LiveState now) {
        Set<CheckState> known =
                new HashSet<>(before == null ? List.of() : before.health().checks());
        List<CheckState> changed = now.health().checks().stream()
                .filter(check -> !known.contains(check))
                .toList();
        if (before != null && changed.isEmpty()) {
            return;
        }
        json.object("health", () -> {
            json.text("status", now.health().status().word());
            json.object("checks", () -> HealthRoutes.checks(json, changed));
        });
    }
}
