package com.example.verify;

import com.example.verify.Client.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Counts, percentiles, slow requests and stored requests, against what was sent and what the client measured. */
final class FiguresRound {

    static final String ORDER = """
            {"email": "ann@example.com", "items": [{"productId": 3, "quantity": 2}]}""";

    /** What every percentile promises. */
    private static final double STATED_ERROR = 0.0055;

    /** Half of the last digit that is shown. */
    private static final double ROUNDING_MILLIS = 0.005001;

    private static final double SLOW_MILLIS = 500;

    private final Client client;
    private final Checks checks;

    FiguresRound(Client client, Checks checks) {
        this.client = client;
        this.checks = checks;
    }

    void run() throws IOException, InterruptedException {
        int from = reset();
        List<Request> plan = plan();
        checks.section("Known traffic: " + plan.size() + " requests, one after the other");
        for (Request request : plan) {
            client.send(request);
        }
        var summary = client.summary(from);
        JsonNode metrics = summary.metrics();
        List<Exchange> sent = client.since(from).subList(0, summary.expected());
        List<Stored> stored = client.stored().subList(from, from + summary.expected());

        checks.check(
                summary.isExact(),
                "requests tracked",
                "%d; sent %d, reset and metrics among them",
                summary.total(),
                summary.expected());
        errors(metrics, sent);
        slow(metrics, sent);
        measuredAlike(sent, stored);
        percentiles(metrics, sent, stored);
        endpoints(metrics, sent, stored);

        checks.section("Many clients at once");
        new Burst(client, 8, 500).send();
        var after = client.summary(from);
        checks.check(after.isExact(), "requests tracked", "%d of %d sent", after.total(), after.expected());
        int everSent = client.sent();
        int everStored = client.stored().size();
        checks.check(everStored == everSent, "stored requests, as NDJSON", "%d of %d sent", everStored, everSent);
    }

    /** Returns how many had been sent before it; the reset itself ends after it, and is the first that counts anew. */
    private int reset() throws IOException, InterruptedException {
        checks.section("Reset");
        var before = client.summary(0);
        checks.check(before.isExact(), "requests tracked before", "%d of %d sent", before.total(), before.expected());
        int from = client.sent();
        Exchange reset = client.send(Request.of("DELETE", "/metrics", "/metrics"));
        var after = client.summary(from);
        boolean begunAnew = reset.status() == 204
                && after.isExact()
                && after.metrics().path("slow_queries").isEmpty()
                && after.metrics().path("slow_queries_count").asLong(-1) == 0;
        checks.check(begunAnew, "counts begin anew", "%d, the reset itself; no slow one", after.total());
        return from;
    }

    private static List<Request> plan() {
        var plan = new ArrayList<Request>();
        for (int i = 1; i <= 150; i++) {
            plan.add(Request.get("/api/products/{id}", "/api/products/" + (1 + i % 120)));
        }
        for (int i = 0; i < 90; i++) {
            plan.add(Request.get("/api/products", "/api/products?page=" + i % 6));
        }
        for (int i = 0; i < 60; i++) {
            plan.add(Request.get("/api/products/search", "/api/products/search?q=oak"));
        }
        for (int i = 0; i < 20; i++) {
            plan.add(Request.get("/api/stock/{productId}", "/api/stock/" + (1 + i)));
            plan.add(Request.of("POST", "/api/checkout", "/api/checkout").json(ORDER));
        }
        for (int i = 0; i < 10; i++) {
            plan.add(Request.get("/api/recommendations"));
            plan.add(Request.of("POST", "/api/payments/charge", "/api/payments/charge"));
        }
        for (int i = 0; i < 3; i++) {
            plan.add(Request.get("/api/reports/sales"));
        }
        Collections.shuffle(plan, new Random(2));
        return plan;
    }

    private void errors(JsonNode metrics, List<Exchange> sent) {
        long failed = sent.stream().filter(exchange -> exchange.status() >= 500).count();
        double expected = (double) failed / sent.size();
        double rate = metrics.path("error_rate").asDouble(-1);
        checks.check(
                Math.abs(rate - expected) < 1e-6,
                "error rate",
                "%.6f; %d of %d answers were a 500",
                rate,
                failed,
                sent.size());
    }

    /** A busy machine may make another one slow: what counts is who is over by the service's own header. */
    private void slow(JsonNode metrics, List<Exchange> sent) {
        List<String> expected = sent.stream()
                .filter(exchange -> exchange.headerMillis() > SLOW_MILLIS)
                .map(Exchange::endpoint)
                .sorted()
                .toList();
        var found = new ArrayList<String>();
        double least = Double.POSITIVE_INFINITY;
        for (JsonNode slow : metrics.path("slow_queries")) {
            found.add(slow.path("endpoint").asString(""));
            least = Math.min(least, slow.path("duration_ms").asDouble(0));
        }
        Collections.sort(found);
        long reports = found.stream().filter("GET /api/reports/sales"::equals).count();
        boolean ok = found.equals(expected)
                && reports == 3
                && least > SLOW_MILLIS
                && metrics.path("slow_queries_count").asLong(-1) == found.size();
        checks.check(
                ok,
                "slow requests, over 500 ms",
                "%d found of %d, the fastest %.2f ms",
                found.size(),
                expected.size(),
                least);
    }

    /** The i-th stored request is the i-th that was sent, for they went one after the other. */
    private void measuredAlike(List<Exchange> sent, List<Stored> stored) {
        int between = 0;
        double[] overhead = new double[sent.size()];
        for (int i = 0; i < sent.size(); i++) {
            Exchange exchange = sent.get(i);
            Stored request = stored.get(i);
            overhead[i] = exchange.clientMillis() - request.millis();
            if (request.endpoint().equals(exchange.endpoint())
                    && request.millis() >= exchange.headerMillis() - ROUNDING_MILLIS
                    && request.millis() <= exchange.clientMillis()) {
                between++;
            }
        }
        // The end of an answer can reach the client before the service has looked at its clock: now and then.
        checks.check(
                between >= 0.98 * sent.size(),
                "durations: header <= stored <= client",
                "%d of %d; the client's overhead: median %.2f ms, most %.2f ms",
                between,
                sent.size(),
                Quantiles.nearestRank(overhead, 0.5),
                Quantiles.nearestRank(overhead, 1));
    }

    private void percentiles(JsonNode metrics, List<Exchange> sent, List<Stored> stored) {
        double[] client = sent.stream().mapToDouble(Exchange::clientMillis).toArray();
        double[] service = stored.stream().mapToDouble(Stored::millis).toArray();
        double overhead = 0;
        for (int i = 0; i < client.length; i++) {
            overhead = Math.max(overhead, Math.abs(client[i] - service[i]));
        }
        for (int percent : new int[] {50, 95, 99}) {
            double shown = metrics.path("p" + percent).asDouble(Double.NaN);
            double exact = Quantiles.nearestRank(service, percent / 100.0);
            double clients = Quantiles.nearestRank(client, percent / 100.0);
            checks.check(
                    Math.abs(shown - exact) <= STATED_ERROR * exact + ROUNDING_MILLIS,
                    "p" + percent + ", the service's exact durations",
                    "%.2f ms, exact %.3f ms: %+.2f %%, stated 0.55 %% and rounding",
                    shown,
                    exact,
                    100 * (shown - exact) / exact);
            checks.check(
                    Math.abs(shown - clients) <= STATED_ERROR * clients + ROUNDING_MILLIS + overhead,
                    "p" + percent + ", the client's own timings",
                    "%.2f ms, client %.3f ms: %.2f ms more, of at most %.2f ms of overhead",
                    shown,
                    clients,
                    clients - shown,
                    overhead);
        }
    }

    private void endpoints(JsonNode metrics, List<Exchange> sent, List<Stored> stored) {
        Map<String, List<Exchange>> expected =
                sent.stream().collect(Collectors.groupingBy(Exchange::endpoint, TreeMap::new, Collectors.toList()));
        JsonNode breakdown = metrics.path("endpoint_breakdown");
        String missing = Stream.concat(breakdown.propertyNames().stream(), expected.keySet().stream())
                .filter(name -> !expected.containsKey(name) || !breakdown.has(name))
                .distinct()
                .collect(Collectors.joining(", "));
        checks.check(missing.isEmpty(), "endpoints", "%d; not on both sides: [%s]", breakdown.size(), missing);
        expected.forEach((name, exchanges) -> {
            double[] exact = stored.stream()
                    .filter(request -> request.endpoint().equals(name))
                    .mapToDouble(Stored::millis)
                    .sorted()
                    .toArray();
            endpoint(name, breakdown.path(name), exchanges, exact);
        });
    }

    private void endpoint(String name, JsonNode shown, List<Exchange> sent, double[] exact) {
        double avg = shown.path("avg").asDouble(Double.NaN);
        double min = shown.path("min").asDouble(Double.NaN);
        double max = shown.path("max").asDouble(Double.NaN);
        double sum = 0;
        for (double millis : exact) {
            sum += millis;
        }
        boolean ok = shown.path("count").asInt(-1) == sent.size()
                && exact.length == sent.size()
                && Math.abs(avg - sum / exact.length) <= ROUNDING_MILLIS
                && Math.abs(min - exact[0]) <= ROUNDING_MILLIS
                && Math.abs(max - exact[exact.length - 1]) <= ROUNDING_MILLIS;
        checks.check(
                ok,
                name,
                "%d of %d, min %.2f, avg %.2f, max %.2f ms; client avg %.2f ms",
                shown.path("count").asInt(-1),
                sent.size(),
                min,
                avg,
                max,
                sent.stream().mapToDouble(Exchange::clientMillis).average().orElse(Double.NaN));
    }
}
