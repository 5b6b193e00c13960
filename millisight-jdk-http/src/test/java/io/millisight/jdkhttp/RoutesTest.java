package io.millisight.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes on the JDK's server. */
class RoutesTest {

    @TempDir
    private Path data;

    private JdkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new JdkServer(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesTheMetricsAndHealth() throws Exception {
        server.serveRoutes();

        assertThat(server.send("GET", "/metrics").body()).contains("total_requests");
        assertThat(server.send("GET", "/metrics/performance?hours=0").statusCode())
                .isEqualTo(400);
        assertThat(server.send("GET", "/metrics/typo").body()).contains("Unknown route");
        assertThat(server.send("GET", "/metricsandmore").statusCode()).isEqualTo(404);
        assertThat(server.send("GET", "/health").body()).contains("\"checks\":{");
        assertThat(server.send("HEAD", "/metrics").headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(server.send("DELETE", "/metrics").statusCode()).isEqualTo(204);
        assertThat(server.recorded())
                .extracting(request -> request.endpoint().name() + " " + request.status())
                .containsExactly(
                        "GET /metrics 200",
                        "GET /metrics/performance 400",
                        "GET /metrics/* 404",
                        "GET /metrics/* 404",
                        "GET /health 200",
                        "HEAD /metrics 200",
                        "DELETE /metrics 204");
    }

    @Test
    void servesTheDashboardAndItsFiles() throws Exception {
        server.serveRoutes();

        HttpResponse<String> page = server.send("GET", "/metrics/dashboard");
        HttpResponse<String> script = server.send("GET", "/metrics/dashboard/main.js");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("dashboard/main.js");
        assertThat(script.statusCode()).isEqualTo(200);
        assertThat(script.headers().firstValue("content-type")).hasValue("text/javascript; charset=utf-8");
    }

    @Test
    void answersWhoPollsTheLiveFeed() throws Exception {
        server.serveRoutes();

        HttpResponse<String> polled = server.send("GET", "/metrics/stream", "Accept", "application/json");

        assertThat(polled.statusCode()).isEqualTo(200);
        assertThat(polled.body()).startsWith("{\"frames\":[{\"id\":").contains("\"full\":true", "],\"next\":\"");
    }

    /** Each would hold a thread of this server. */
    @Test
    void refusesAnEventStream() throws Exception {
        server.serveRoutes();

        HttpResponse<String> refused = server.send("GET", "/metrics/stream", "Accept", "text/event-stream");

        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(refused.body()).contains("application/json");
    }

    @Test
    void letsTheApplicationsOwnContextWin() throws Exception {
        server.handle("/health", exchange -> {
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        server.serveRoutes();

        assertThat(server.send("GET", "/health").statusCode()).isEqualTo(202);
        assertThat(server.send("GET", "/health/live").body()).contains("healthy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "Via"})
    void refusesWhoCameThroughAProxy(String header) throws Exception {
        server.serveRoutes();

        assertThat(server.send("GET", "/metrics", header, "127.0.0.1").statusCode())
                .isEqualTo(403);
    }

    @Test
    void streamsAnExport() throws Exception {
        server.serveRoutes();
        for (int i = 0; i < 10_000; i++) {
            long now = System.nanoTime();
            server.millisight.record("GET", "/many", 200, Outcome.COMPLETED, false, now, now, null, null);
        }

        assertThat(server.send("GET", "/metrics/requests", "Accept", "text/csv")
                        .body()
                        .lines()
                        .filter(line -> line.contains("/many")))
                .hasSize(10_000);
    }
}
