package io.millisight.http;

import static io.millisight.http.RecordingExchange.object;
import static io.millisight.http.RecordingExchange.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LiveRoutesTest {

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    @Test
    void summarizesWhatHasCompleted() {
        service.record("GET", "/api/agents", 200, 10, null);
        service.record("GET", "/api/agents", 404, 20, "ada");
        service.record("POST", "/api/agents", 500, 600, "ada");
        service.pass(Duration.ofSeconds(1));
        RecordingExchange answer = service.get("/metrics");
        assertThat(answer.status()).isEqualTo(200);
        Map<String, Object> json = answer.json();
        assertThat(json)
                .containsEntry("service", "shop")
                .containsEntry("instance", "shop-1")
                .containsEntry("since", "2026-01-01T00:00:00Z")
                .containsEntry("timestamp", "2026-01-01T00:00:01Z")
                .containsEntry("total_requests", 3.0)
                .containsEntry("avg_response_time", 210.0)
                .containsEntry("slow_queries_count", 1.0)
                .containsEntry("error_rate", 0.333333)
                .containsEntry("percentile_relative_error", 0.0055)
                .containsEntry("alerts", List.of());
        assertNear(json.get("p50"), 20);
        assertNear(json.get("p95"), 600);
        assertNear(json.get("p99"), 600);
        assertThat(object(json.get("window"))).containsEntry("requests", 3.0).containsKey("seconds");
        assertThat(objects(json.get("slow_queries")))
                .containsExactly(Map.of(
                        "endpoint", "POST /api/agents",
                        "duration_ms", 600.0,
                        "timestamp", "2026-01-01T00:00:00Z",
                        "path", "/api/agents?raw=1",
                        "status", 500.0,
                        "outcome", "completed",
                        "user_id", "ada"));
        Map<String, Object> breakdown = object(json.get("endpoint_breakdown"));
        assertThat(breakdown.keySet()).containsExactly("GET /api/agents", "POST /api/agents");
        assertThat(object(breakdown.get("GET /api/agents")))
                .containsEntry("count", 2.0)
                .containsEntry("avg", 15.0)
                .containsEntry("min", 10.0)
                .containsEntry("max", 20.0)
                .containsEntry("error_rate", 0.0)
                .containsKeys("p50", "p95", "p99");
        assertThat(object(json.get("ledger")))
                .containsEntry("seen", 3.0)
                .containsKeys("stored", "pending", "dropped", "journal");
    }

    @Test
    void writesTwoDecimalsAndNullsAsTheyAre() {
        service.record("GET", "/a", 200, 45.2, null);
        assertThat(service.get("/metrics").text())
                .contains("\"avg_response_time\":45.20,")
                .contains("\"max\":45.20,");
    }

    @Test
    void knowsNoLatencyBeforeTheFirstRequest() {
        Map<String, Object> json = service.get("/metrics").json();
        assertThat(json).containsEntry("total_requests", 0.0).containsEntry("slow_queries_count", 0.0);
        for (String field : List.of("avg_response_time", "p50", "p95", "p99", "error_rate")) {
            assertThat(json).containsEntry(field, null);
        }
        assertThat(object(json.get("endpoint_breakdown"))).isEmpty();
    }

    @Test
    void knowsNoLatencyOfStreams() {
        service.record("GET", "/events", 200, Outcome.COMPLETED, true, 30, null);
        Map<String, Object> breakdown = object(
                object(service.get("/metrics").json().get("endpoint_breakdown")).get("GET /events"));
        assertThat(breakdown)
                .containsEntry("count", 1.0)
                .containsEntry("avg", null)
                .containsEntry("min", null)
                .containsEntry("max", null)
                .containsEntry("p99", null);
    }

    @Test
    void forgetsTheLiveViewOnDelete() {
        service.record("GET", "/a", 200, 700, null);
        RecordingExchange reset = service.send(RecordingExchange.of("DELETE", "/metrics"));
        assertThat(reset.status()).isEqualTo(204);
        assertThat(reset.text()).isEmpty();
        assertThat(reset.responseHeader("Content-Type")).isNull();
        assertThat(service.get("/metrics").json())
                .containsEntry("total_requests", 0.0)
                .containsEntry("slow_queries_count", 0.0);
        assertThat(service.get("/metrics/performance").json())
                .as("stored history stays")
                .containsEntry("total_requests", 1.0);
    }

    @Test
    void listsSlowRequestsNewestFirst() {
        service.record("GET", "/a", 200, 700, null);
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/b", 200, Outcome.TIMEOUT, false, 800, null);
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/a", 200, 900, null);
        assertThat(slow("/metrics/slow"))
                .extracting(slow -> slow.get("duration_ms"))
                .containsExactly(900.0, 800.0, 700.0);
        assertThat(slow("/metrics/slow?limit=1"))
                .extracting(slow -> slow.get("duration_ms"))
                .containsExactly(900.0);
        assertThat(slow("/metrics/slow?endpoint=GET+/b")).singleElement().satisfies(slow -> assertThat(slow)
                .containsEntry("outcome", "timeout")
                .containsEntry("user_id", null));
        assertThat(slow("/metrics/slow?endpoint=GET+/c")).isEmpty();
    }

    @Test
    void explainsAnAlert() {
        for (int slice = 0; slice < 3; slice++) {
            for (int i = 0; i < 60; i++) {
                service.record("GET", "/a", 200, slice < 2 ? 100 : 900, null);
            }
            service.get("/metrics"); // read within their slice, all of them
            service.pass(Duration.ofSeconds(10));
            service.get("/metrics");
        }
        service.pass(Duration.ofSeconds(20));
        List<Map<String, Object>> alerts = objects(
                        service.get("/metrics").json().get("alerts"))
                .stream()
                .filter(alert -> "p99_spike".equals(alert.get("kind")))
                .toList();
        assertThat(alerts).extracting(alert -> alert.get("endpoint")).containsExactlyInAnyOrder(null, "GET /a");
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert).containsEntry("requests", 60.0).containsKey("timestamp");
            assertNear(alert.get("observed_ms"), 900);
            assertNear(alert.get("baseline_ms"), 100);
            assertNear(alert.get("threshold_ms"), 200);
            assertThat(objects(alert.get("samples"))).isNotEmpty().allSatisfy(sample -> assertThat(sample)
                    .containsEntry("endpoint", "GET /a")
                    .containsEntry("duration_ms", 900.0));
        });
    }

    @Test
    void carriesHostileTextAsText() {
        String hostile = "a\"b\\c</script>\u0000\u001b[31m\ud800\u2028é😀";
        service.record("GET", "/" + hostile, 200, 700, hostile);
        Map<String, Object> slow = slow("/metrics/slow").get(0);
        assertThat(String.valueOf(slow.get("user_id")))
                .contains("a\"b\\c</script>")
                .contains("é😀");
    }

    private List<Map<String, Object>> slow(String target) {
        return objects(service.get(target).json().get("slow_queries"));
    }

    private static void assertNear(@Nullable Object millis, double exact) {
        assertThat((Double) millis).isBetween(exact * (1 - 0.0055), exact * (1 + 0.0055));
    }
}
