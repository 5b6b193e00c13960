package com.example.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Drives the p99 into a spike twice: the first raises the one alert, the second falls into its cooldown. */
final class SpikeRound {

    /** Short slices, so that a spike is judged within seconds. The floor keeps a busy machine from raising one of its own. */
    static final String[] SETTINGS = {
        "--millisight.slice=1s", "--millisight.window=30s", "--millisight.alert.floor=300ms"
    };

    private static final int SLOW_AT_ONCE = 8;
    private static final long PACE_MILLIS = 8;

    private final Client client;
    private final Checks checks;

    SpikeRound(Client client, Checks checks) {
        this.client = client;
        this.checks = checks;
    }

    /** Returns how many requests had been sent before the last reset. */
    int run() throws IOException, InterruptedException {
        checks.section("A p99 spike");
        steady(1); // warm: the baseline shall be that of a service at work
        reset();
        steady(3.5);
        JsonNode before = client.json("/metrics").path("alerts");
        checks.check(before.isEmpty(), "steady traffic raises no alert", "%d alerts", before.size());

        spike();
        List<JsonNode> raised = ofService(client.json("/metrics"));
        checks.check(raised.size() == 1, "a spike raises one alert", "%d", raised.size());
        for (JsonNode alert : raised) {
            explains(alert);
        }

        spike();
        JsonNode after = client.json("/metrics");
        int held = ofService(after).size();
        checks.check(
                held == 1,
                "its cooldown holds the next spike back",
                "%d alert after %d slow requests in two spikes",
                held,
                after.path("slow_queries_count").asInt());

        int from = reset();
        var summary = client.summary(from);
        checks.check(
                summary.isExact() && summary.metrics().path("alerts").isEmpty(),
                "reset forgets alerts",
                "%d alerts",
                summary.metrics().path("alerts").size());
        return from;
    }

    private void explains(JsonNode alert) {
        double observed = alert.path("observed_ms").asDouble(Double.NaN);
        double baseline = alert.path("baseline_ms").asDouble(Double.NaN);
        double threshold = alert.path("threshold_ms").asDouble(Double.NaN);
        int requests = alert.path("requests").asInt();
        String sample = alert.path("samples").path(0).path("endpoint").asString("none");
        checks.check(
                observed > threshold
                        && threshold >= 2 * baseline - 0.01
                        && requests >= 50
                        && sample.equals("GET /api/reports/sales"),
                "the alert explains itself",
                "p99 %.2f ms of %d requests, baseline %.2f, threshold %.2f; slowest %s",
                observed,
                requests,
                baseline,
                threshold,
                sample);
    }

    private static List<JsonNode> ofService(JsonNode metrics) {
        var alerts = new ArrayList<JsonNode>();
        for (JsonNode alert : metrics.path("alerts")) {
            if (alert.path("endpoint").isNull()) {
                alerts.add(alert);
            }
        }
        return alerts;
    }

    private int reset() throws IOException, InterruptedException {
        int from = client.sent();
        client.send(Request.of("DELETE", "/metrics", "/metrics"));
        return from;
    }

    /** Slow requests amid steady ones, which go on until the slices of the slow ones have closed. */
    private void spike() throws IOException, InterruptedException {
        var slow = new ArrayList<Thread>();
        for (int i = 0; i < SLOW_AT_ONCE; i++) {
            var thread = new Thread(() -> {
                try {
                    client.send(Request.get("/api/reports/sales"));
                } catch (IOException e) {
                    checks.check(false, "a slow request", "%s", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            slow.add(thread);
        }
        steady(3.2);
        for (Thread thread : slow) {
            thread.join();
        }
    }

    /** Fast requests, about a hundred a second. */
    private void steady(double seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        for (int i = 0; System.nanoTime() < end; i++) {
            client.send(Request.get("/api/products/{id}", "/api/products/" + (1 + i % 120)));
            Thread.sleep(PACE_MILLIS);
        }
    }
}
