package io.millisight.http;

import static io.millisight.http.RecordingExchange.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportRoutesTest {

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    @Test
    void reportsTheLastDayUnlessToldOtherwise() {
        service.record("GET", "/a", 200, 100, null);
        service.record("GET", "/a", 404, 100, null);
        service.record("GET", "/b", 500, 300, null);
        service.record("GET", "/b", 200, 300, null);
        service.pass(Duration.ofSeconds(30));
        Map<String, Object> json = service.get("/metrics/performance").json();
        assertThat(json)
                .containsEntry("from", "2025-12-31T00:01:00Z")
                .containsEntry("to", "2026-01-01T00:01:00Z")
                .containsEntry("hours", 24.0)
                .containsEntry("total_requests", 4.0)
                .containsEntry("avg_response_time", 200.0)
                .containsEntry("error_rate", 0.25)
                .containsEntry("client_error_rate", 0.25)
                .containsEntry("percentile_relative_error", 0.0055)
                .containsKeys("p50_response_time", "p95_response_time", "p99_response_time");
        List<Map<String, Object>> slowest = objects(json.get("slowest_endpoints"));
        assertThat(slowest).extracting(endpoint -> endpoint.get("endpoint")).containsExactly("GET /b", "GET /a");
        assertThat(slowest.get(0))
                .containsEntry("method", "GET")
                .containsEntry("route", "/b")
                .containsEntry("requests", 2.0)
                .containsEntry("avg_response_time", 300.0)
                .containsEntry("p95_response_time", 300.0)
                .containsEntry("max_response_time", 300.0)
                .containsEntry("error_rate", 0.5)
                .containsEntry("client_error_rate", 0.0)
                .containsKeys("p50_response_time", "p99_response_time");
    }

    @Test
    void seesAsFarBackAsAskedFor() {
        service.record("GET", "/a", 200, 100, null);
        service.pass(Duration.ofHours(2));
        service.record("GET", "/a", 200, 100, null);
        assertThat(service.get("/metrics/performance?hours=1").json()).containsEntry("total_requests", 1.0);
        assertThat(service.get("/metrics/performance?hours=3").json()).containsEntry("total_requests", 2.0);
        assertThat(service.get("/metrics/performance?hours=168").json())
                .containsEntry("total_requests", 2.0)
                .containsEntry("hours", 168.0);
    }

    @Test
    void seesWhatCompletesOnTheFullMinute() {
        service.record("GET", "/a", 200, 100, null);
        assertThat(service.get("/metrics/performance?hours=1").json()).containsEntry("total_requests", 1.0);
        assertThat(objects(service.get("/metrics/series").json().get("points")))
                .last()
                .satisfies(point -> assertThat(point).containsEntry("requests", 1.0));
    }

    @Test
    void namesTenSlowestEndpointsButAllOnDemand() {
        for (int i = 1; i <= 12; i++) {
            service.record("GET", "/" + i, 200, i * 10, null);
        }
        service.record("GET", "/events", 200, Outcome.COMPLETED, true, 5_000, null);
        List<Map<String, Object>> slowest =
                objects(service.get("/metrics/performance").json().get("slowest_endpoints"));
        assertThat(slowest).hasSize(10).first().satisfies(e -> assertThat(e).containsEntry("route", "/12"));
        Map<String, Object> json = service.get("/metrics/endpoints?hours=2").json();
        assertThat(json).containsEntry("hours", 2.0).containsKeys("from", "to", "percentile_relative_error");
        assertThat(objects(json.get("endpoints"))).hasSize(13).anySatisfy(endpoint -> assertThat(endpoint)
                .containsEntry("endpoint", "GET /events")
                .containsEntry("requests", 1.0)
                .containsEntry("p95_response_time", null)
                .containsEntry("max_response_time", null));
    }

    @Test
    void coversTheRangeThatIsAskedFor() {
        service.record("GET", "/a", 200, 100, null); // on 2026-01-01T00:00:00Z
        service.pass(Duration.ofMinutes(10));
        service.record("GET", "/a", 200, 300, null);
        for (String path : List.of("/metrics/performance", "/metrics/endpoints")) {
            Map<String, Object> json = service.get(path + "?from=2026-01-01T00:05:30Z&to=2026-01-01T00:20:00Z")
                    .json();
            assertThat(json)
                    .containsEntry("from", "2026-01-01T00:05:00Z")
                    .containsEntry("to", "2026-01-01T00:20:00Z")
                    .doesNotContainKey("hours");
        }
        assertThat(service.get("/metrics/performance?from=2026-01-01T00:05:00Z").json())
                .containsEntry("total_requests", 1.0)
                .containsEntry("avg_response_time", 300.0);
        assertThat(service.get("/metrics/performance?to=2026-01-01T00:05:00Z").json())
                .containsEntry("from", "2025-12-31T00:05:00Z")
                .containsEntry("total_requests", 1.0);
    }

    @ParameterizedTest
    @CsvSource({
        "hours=2&from=2026-01-01T00:00:00Z, hours",
        "hours=2&to=2026-01-01T00:00:00Z, hours",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, from",
        "from=2099-01-01T00:00:00Z, from",
    })
    void refusesARangeThatIsNone(String query, String parameter) {
        for (String path : List.of("/metrics/performance", "/metrics/endpoints")) {
            RecordingExchange answer = service.get(path + "?" + query);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json()).containsEntry("parameter", parameter);
        }
    }

    @Test
    void countsEachEndpointsRequestsOverTime() {
        service.record("GET", "/a", 200, 100, null);
        service.pass(Duration.ofMinutes(2));
        service.record("GET", "/a", 500, Outcome.EXCEPTION, false, 300, null);
        service.record("GET", "/b", 404, 100, null);
        service.pass(Duration.ofSeconds(30));
        Map<String, Object> json = service.get("/metrics/endpoints?from=2026-01-01T00:00:00Z&points=2")
                .json();

        assertThat(json).containsEntry("sparkline_from", "2026-01-01T00:00:00Z").containsEntry("sparkline_step", 120.0);
        List<Map<String, Object>> endpoints = objects(json.get("endpoints"));
        assertThat(endpoints.get(0))
                .containsEntry("endpoint", "GET /a")
                .containsEntry("errors", 1.0)
                .containsEntry("exceptions", 1.0)
                .containsEntry("client_errors", 0.0)
                .containsEntry("rate", 0.013)
                .containsEntry("time_share", 0.8)
                .containsEntry("sparkline", List.of(1.0, 1.0));
        assertThat(endpoints.get(1)).containsEntry("sparkline", List.of(0.0, 1.0));
    }

    @ParameterizedTest
    @CsvSource({"24, 60, 1440", "168, 60, 10800", "1, 60, 60", "2, 7, 1080", "168, 1, 608400"})
    @SuppressWarnings("unchecked")
    void givesNoMorePointsThanAskedFor(int hours, int points, double step) {
        service.record("GET", "/a", 200, 100, null);
        Map<String, Object> json = service.get("/metrics/endpoints?hours=" + hours + "&points=" + points)
                .json();

        assertThat(json).containsEntry("sparkline_step", step);
        assertThat((List<Object>) objects(json.get("endpoints")).get(0).get("sparkline"))
                .hasSizeLessThanOrEqualTo(points)
                .contains(1.0);
    }

    @Test
    void showsOneEndpointAlone() {
        service.record("GET", "/a", 200, 100, null);
        service.record("GET", "/b", 200, 100, null);

        assertThat(objects(service.get("/metrics/endpoints?endpoint=GET%20/b")
                        .json()
                        .get("endpoints")))
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint).containsEntry("time_share", 0.5));
    }

    @Test
    void knowsNothingOfAnEmptyRange() {
        assertThat(service.get("/metrics/performance").json())
                .containsEntry("total_requests", 0.0)
                .containsEntry("avg_response_time", null)
                .containsEntry("p95_response_time", null)
                .containsEntry("error_rate", null)
                .containsEntry("client_error_rate", null)
                .containsEntry("slowest_endpoints", List.of());
        assertThat(service.get("/metrics/endpoints").json()).containsEntry("endpoints", List.of());
    }

    @Test
    void drawsTheLastHourByTheMinuteUnlessToldOtherwise() {
        service.record("GET", "/a", 200, 100, null);
        service.record("GET", "/b", 503, 400, null);
        service.pass(Duration.ofMinutes(2));
        service.record("GET", "/a", 200, 100, null);
        service.pass(Duration.ofSeconds(10));
        Map<String, Object> json = service.get("/metrics/series").json();
        assertThat(json)
                .containsEntry("from", "2025-12-31T23:03:00Z")
                .containsEntry("to", "2026-01-01T00:03:00Z")
                .containsEntry("step", 60.0)
                .containsEntry("endpoint", null)
                .containsEntry("bucket_scale", 3.0)
                .containsEntry("bucket_unit", "ns")
                .containsKeys("bucket_meaning", "percentile_relative_error");
        List<Map<String, Object>> points = objects(json.get("points"));
        assertThat(points).hasSize(60);
        assertThat(points.get(0))
                .containsEntry("timestamp", "2025-12-31T23:03:00Z")
                .containsEntry("requests", 0.0)
                .containsEntry("rate", 0.0)
                .containsEntry("errors", 0.0)
                .containsEntry("error_rate", null)
                .containsEntry("avg", null)
                .containsEntry("p50", null)
                .containsEntry("p95", null)
                .containsEntry("p99", null)
                .containsEntry("buckets", List.of());
        assertThat(points.get(57))
                .containsEntry("timestamp", "2026-01-01T00:00:00Z")
                .containsEntry("requests", 2.0)
                .containsEntry("rate", 0.033)
                .containsEntry("errors", 1.0)
                .containsEntry("error_rate", 0.5)
                .containsEntry("avg", 250.0)
                // 100 ms = 10^8 ns lies in (base^212, base^213], 400 ms two doublings above
                .containsEntry("buckets", List.of(List.of(212.0, 1.0), List.of(228.0, 1.0)));
        assertThat(points.get(59))
                .as("a step that has only begun is no drop")
                .containsEntry("requests", 1.0)
                .containsEntry("rate", 0.1);
        assertThat(objects(service.get("/metrics/series?endpoint=GET+/b").json().get("points")))
                .extracting(point -> point.get("requests"))
                .containsOnly(0.0, 1.0);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:00:00Z, 2026-01-01T02:00:00Z, 60,     120",
        "2026-01-01T00:00:00Z, 2026-01-01T02:00:01Z, 120,    61",
        "2026-01-01T00:00:30Z, 2026-01-01T00:00:31Z, 60,     1",
        "2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z, 900,    96",
        "2026-01-01T00:00:00Z, 2026-01-08T00:00:00Z, 7200,   84",
        "2026-01-01T00:00:00Z, 2026-05-01T00:00:00Z, 86400,  120",
        "2020-01-01T00:00:00Z, 2026-01-01T00:00:00Z, 2764800, 70",
    })
    void choosesAStepThatGivesAtMost120Points(String from, String to, double step, int points) {
        Map<String, Object> json =
                service.get("/metrics/series?from=" + from + "&to=" + to).json();
        assertThat(json).containsEntry("step", step);
        assertThat(objects(json.get("points"))).hasSize(points);
    }

    @Test
    void widensTheRangeToWholeSteps() {
        assertThat(service.get("/metrics/series?from=2026-01-01T00:07:00Z&to=2026-01-01T01:01:00Z&step=5m")
                        .json())
                .containsEntry("from", "2026-01-01T00:05:00Z")
                .containsEntry("to", "2026-01-01T01:05:00Z")
                .containsEntry("step", 300.0);
    }

    @ParameterizedTest
    @CsvSource({
        "from=2026-01-01T00:00:00Z&to=2026-01-02T09:20:00Z&step=1m, 200, ''",
        "from=2026-01-01T00:00:00Z&to=2026-01-02T09:21:00Z&step=1m, 400, step",
        "from=0&step=1m, 400, step",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, 400, from",
        "from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z, 400, from",
        "from=2027-01-02T00:00:00Z, 400, from",
        "to=0, 400, from",
    })
    void refusesRangesThatAreEmptyOrHaveTooManyPoints(String query, int status, String parameter) {
        RecordingExchange answer = service.get("/metrics/series?" + query);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 400) {
            assertThat(answer.json()).containsEntry("parameter", parameter).containsKeys("value", "allowed", "detail");
        }
    }
}
