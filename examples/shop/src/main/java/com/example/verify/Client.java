package com.example.verify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests and remembers each: nothing else talks to the server, so what it counts must be what this sent, those
 * to {@code /metrics} included, for they are requests like any other. Any thread.
 */
final class Client {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
    private final URI server;

    Client(int port) {
        this.server = URI.create("http://localhost:" + port);
    }

    Exchange send(Request request) throws IOException, InterruptedException {
        var builder = HttpRequest.newBuilder(server.resolve(request.path()))
                .timeout(PATIENCE)
                .method(
                        request.method(),
                        request.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body()));
        if (!request.headers().isEmpty()) {
            builder.headers(request.headers().toArray(new String[0]));
        }
        HttpRequest prepared = builder.build();
        long start = System.nanoTime();
        HttpResponse<String> answer = http.send(prepared, BodyHandlers.ofString());
        long took = System.nanoTime() - start;
        var exchange = new Exchange(request.endpoint(), answer.statusCode(), took, answer.headers(), answer.body());
        exchanges.add(exchange);
        return exchange;
    }

    /** How many were answered so far. */
    int sent() {
        return exchanges.size();
    }

    /** Those answered after the first {@code from}, in the order of their answers. */
    List<Exchange> since(int from) {
        synchronized (exchanges) {
            return List.copyOf(exchanges.subList(from, exchanges.size()));
        }
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(send(Request.get(route(path), path)).body());
    }

    /**
     * The live summary as soon as it counts every request sent after the first {@code from}. An answer can be here a
     * moment before the server has recorded its request, so it is asked again for a while; the last summary is given
     * back in any case.
     */
    Summary summary(int from) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            int before = sent();
            var summary = new Summary(json("/metrics"), before - from);
            if (summary.isExact() || System.nanoTime() > deadline) {
                return summary;
            }
            Thread.sleep(20);
        }
    }

    /** @param expected how many requests had been answered when it was asked for */
    record Summary(JsonNode metrics, int expected) {

        long total() {
            return metrics.path("total_requests").asLong(-1);
        }

        boolean isExact() {
            return total() == expected;
        }
    }

    /** Every stored request, oldest first. */
    List<Stored> stored() throws IOException, InterruptedException {
        String lines = send(Request.get("/metrics/requests").header("Accept", "application/x-ndjson"))
                .body();
        var stored = new ArrayList<Stored>();
        for (String line : lines.lines().toList()) {
            JsonNode row = JSON.readTree(line);
            stored.add(new Stored(
                    row.path("endpoint").asString(""), row.path("duration_ns").asLong(-1)));
        }
        Collections.reverse(stored);
        return stored;
    }

    record Stored(String endpoint, long durationNanos) {

        double millis() {
            return durationNanos / 1e6;
        }
    }

    private static String route(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
