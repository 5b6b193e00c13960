package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MillisightHttpTest {

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    @Test
    void namesThePathOfEveryRoute() {
        assertThat(service.http.paths())
                .filteredOn(path -> !path.startsWith("/metrics/dashboard/"))
                .containsExactly(
                        "/metrics",
                        "/metrics/slow",
                        "/metrics/performance",
                        "/metrics/endpoints",
                        "/metrics/series",
                        "/metrics/requests",
                        "/metrics/statuses",
                        "/metrics/instances",
                        "/metrics/stream",
                        "/metrics/dashboard",
                        "/health",
                        "/health/live",
                        "/health/ready",
                        "/health/history");
        assertThat(service.http.describeAccess())
                .isEqualTo("dashboard at /metrics/dashboard and health at /health, readable from this machine only;"
                        + " set millisight.token to read from elsewhere");
    }

    @Test
    void servesBelowABasePath() throws IOException {
        MillisightHttp http = new MillisightHttp(
                service.millisight, new HttpConfig("/internal", Access.LOCAL, null), exchange -> false);
        assertThat(http.paths()).contains("/internal/metrics", "/internal/metrics/series");
        RecordingExchange answer = RecordingExchange.get("/internal/metrics");
        assertThat(http.handle(answer)).isTrue();
        assertThat(answer.status()).isEqualTo(200);
        RecordingExchange unknown = RecordingExchange.get("/internal/metrics/serie");
        assertThat(http.handle(unknown)).isTrue();
        assertThat(unknown.json().get("detail")).asString().endsWith("Did you mean /internal/metrics/series?");
        assertThat(http.handle(RecordingExchange.get("/metrics"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/metric",
                "/metricsx",
                "/METRICS",
                "/api/metrics",
                "//metrics",
                "/./metrics",
                "/metrics;x=1",
                "/%6detrics",
                "/metrics%2fseries",
                ""
            })
    void leavesOtherPathsUntouched(String path) throws IOException {
        RecordingExchange exchange = RecordingExchange.get(path);
        assertThat(service.http.handle(exchange)).isFalse();
        assertThat(exchange.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/metrics/, /metrics",
        "/metrics/performence, /metrics/performance",
        "/metrics/Series, /metrics/series",
        "/metrics/series/, /metrics/series",
        "/metrics//series, /metrics/series",
        "/metrics/series;x=1, ''",
        "/metrics/%73eries, /metrics/series",
        "/metrics/./series, /metrics/series",
        "/metrics/x/../series, ''",
        "/metrics/series%00, /metrics/series",
        "/metrics/something-else, ''",
    })
    void answersUnknownRoutesBelowWith404(String path, String meant) {
        RecordingExchange answer = service.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.responseHeader("Content-Type")).isEqualTo("application/problem+json; charset=utf-8");
        assertThat(answer.json())
                .containsEntry("type", "urn:millisight:problem:unknown-route")
                .containsEntry("title", "Unknown route")
                .containsEntry("status", 404.0)
                .containsEntry("instance", path)
                .containsEntry("allowed", String.join(", ", service.http.paths()));
        if (!meant.isEmpty()) {
            assertThat(answer.json().get("detail")).asString().endsWith("Did you mean " + meant + "?");
        }
    }

    @Test
    void tellsAStrangerTheSameOfKnownAndUnknownRoutes() {
        String known = stranger("GET", "/metrics/slow");
        for (String path : List.of("/metrics/wolf", "/metrics/slow?limit=0", "/metrics/slow?x=1")) {
            assertThat(stranger("GET", path))
                    .isEqualTo(known.replace("slow", path.substring(9).replaceFirst("\\?.*", "")));
        }
        assertThat(stranger("PUT", "/metrics/slow")).isEqualTo(stranger("DELETE", "/metrics/slow"));
    }

    private String stranger(String method, String target) {
        RecordingExchange answer =
                service.send(RecordingExchange.of(method, target).from("203.0.113.7"));
        return answer.status() + " " + answer.responseHeaders() + " " + answer.text();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /metrics, 'GET, HEAD, DELETE, OPTIONS'",
        "PUT, /metrics/series, 'GET, HEAD, OPTIONS'",
        "DELETE, /metrics/slow, 'GET, HEAD, OPTIONS'",
        "get, /metrics/slow, 'GET, HEAD, OPTIONS'",
    })
    void namesTheMethodsThatAPathKnows(String method, String path, String allow) {
        RecordingExchange answer = service.send(RecordingExchange.of(method, path));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.responseHeader("Allow")).isEqualTo(allow);
        RecordingExchange options = service.send(RecordingExchange.of("OPTIONS", path));
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.responseHeader("Allow")).isEqualTo(allow);
        assertThat(options.responseHeader("Content-Type")).isNull();
        assertThat(options.text()).isEmpty();
    }

    @Test
    void answersHeadAsGetWithoutBodyOnEveryRoute() {
        for (String path : service.http.paths()) {
            RecordingExchange get = service.get(path);
            RecordingExchange head = service.send(RecordingExchange.of("HEAD", path));
            assertThat(get.status()).as(path).isEqualTo(200);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.responseHeaders()).isEqualTo(get.responseHeaders());
            assertThat(get.text()).isNotEmpty();
            assertThat(head.text()).isEmpty();
        }
        RecordingExchange unknown = service.send(RecordingExchange.of("HEAD", "/metrics/none"));
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text()).isEmpty();
    }

    @Test
    void protectsEveryAnswer() {
        for (RecordingExchange answer : List.of(
                service.get("/metrics"),
                service.get("/metrics/none"),
                service.get("/metrics?x"),
                service.send(RecordingExchange.of("DELETE", "/metrics")),
                service.send(RecordingExchange.of("OPTIONS", "/metrics")),
                service.send(RecordingExchange.get("/metrics").from("203.0.113.7")),
                service.send(RecordingExchange.get("/metrics").header("Accept", "text/html")))) {
            assertThat(answer.responseHeaders())
                    .containsEntry("Cache-Control", "no-store")
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("Content-Security-Policy", "default-src 'none'");
        }
    }

    @Test
    void refusesWhatNoRouteCanSend() {
        RecordingExchange answer =
                service.send(RecordingExchange.get("/metrics").header("Accept", "text/html"));
        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.json()).containsEntry("allowed", "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hours=0",
                "hours=169",
                "hours=abc",
                "hours=-1",
                "hours=1e9",
                "hours=",
                "hours=1&hours=2",
                "hour=1"
            })
    void refusesBadHoursWithAProblem(String query) {
        for (String path : List.of("/metrics/performance", "/metrics/endpoints")) {
            RecordingExchange answer = service.get(path + "?" + query);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.responseHeader("Content-Type")).startsWith("application/problem+json");
            assertThat(answer.json())
                    .containsEntry("status", 400.0)
                    .containsEntry("instance", path)
                    .containsKeys("type", "title", "detail", "parameter", "value", "allowed");
        }
    }

    @Test
    void refusesEveryParameterOfTheTableEmptyAndTwiceAndAnyOther() {
        for (Route route : service.http.routes()) {
            for (Parameter<?> parameter : route.parameters()) {
                for (String query : List.of("=", "=a&" + parameter.name() + "=a", "")) {
                    String target = route.path() + "?" + parameter.name() + query;
                    assertThat(service.send(RecordingExchange.of(route.method(), target))
                                    .status())
                            .as(target)
                            .isEqualTo(400);
                }
            }
            RecordingExchange other = service.send(RecordingExchange.of(route.method(), route.path() + "?other=1"));
            assertThat(other.status()).isEqualTo(400);
            assertThat(other.json().get("allowed")).isNotNull();
        }
    }

    @Test
    void turnsAStoreThatIsAwayInto503() throws IOException {
        RecordingExchange answer = failing(new StoreException("disk full: /var/secret"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.responseHeader("Retry-After")).isEqualTo("5");
        assertThat(answer.text()).contains("store-unavailable").doesNotContain("secret");
    }

    @Test
    void turnsAFaultOfItsOwnInto500WithoutInternals() throws IOException {
        for (Throwable fault : List.of(new IllegalStateException("secret"), new StackOverflowError("secret"))) {
            RecordingExchange answer = failing(fault);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text())
                    .contains("internal-fault")
                    .doesNotContain("secret")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void sendsNothingBehindAnAnswerThatHasBegun() {
        MillisightHttp http = with((parameters, type) -> Answer.ok(out -> {
            out.write("half".getBytes(StandardCharsets.UTF_8));
            throw new StoreException("gone midway");
        }));
        RecordingExchange exchange = RecordingExchange.get("/metrics/test");
        assertThatThrownBy(() -> http.handle(exchange))
                .isInstanceOf(IOException.class)
                .hasMessage("answer broken off")
                .hasCauseInstanceOf(StoreException.class);
        assertThat(exchange.text()).isEqualTo("half");
        assertThat(http.faults()).isEqualTo(1);
    }

    @Test
    void refusesWhenTheApplicationsRuleFails() throws IOException {
        MillisightHttp http = new MillisightHttp(service.millisight, HttpConfig.defaults(), exchange -> {
            throw new IllegalStateException("secret");
        });
        RecordingExchange answer = RecordingExchange.get("/metrics").from("203.0.113.7");
        assertThat(http.handle(answer)).isTrue();
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).doesNotContain("secret");
    }

    private RecordingExchange failing(Throwable fault) throws IOException {
        MillisightHttp http = with((parameters, type) -> {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        });
        RecordingExchange answer = RecordingExchange.get("/metrics/test");
        assertThat(http.handle(answer)).isTrue();
        assertThat(http.faults()).isEqualTo(1);
        return answer;
    }

    private MillisightHttp with(Route.Handler handler) {
        Route route = new Route("GET", "/metrics/test", List.of(), List.of(MediaType.JSON), handler);
        return new MillisightHttp(feed -> List.of(route), service.millisight, HttpConfig.defaults(), AccessRule.NONE);
    }
}
