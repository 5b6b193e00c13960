package io.millisight.http;

import static io.millisight.http.RecordingExchange.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.millisight.observe.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRoutesTest {

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    @Test
    void showsStoredRequestsExactly() {
        service.record("GET", "/orders/{id}", 200, 45.234567, "ada");
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/events", 500, Outcome.EXCEPTION, true, 3, null);
        Map<String, Object> json = service.get("/metrics/requests").json();
        assertThat(json).containsEntry("next_cursor", null);
        assertThat(objects(json.get("requests"))).first().satisfies(request -> assertThat(request)
                .containsEntry("timestamp", "2026-01-01T00:00:01Z")
                .containsEntry("endpoint", "GET /events")
                .containsEntry("status", 500.0)
                .containsEntry("outcome", "exception")
                .containsEntry("stream", true)
                .containsEntry("user_id", null));
        assertThat(objects(json.get("requests"))).last().satisfies(request -> assertThat(request)
                .containsEntry("timestamp", "2026-01-01T00:00:00Z")
                .containsEntry("method", "GET")
                .containsEntry("route", "/orders/{id}")
                .containsEntry("outcome", "completed")
                .containsEntry("stream", false)
                .containsEntry("duration_ms", 45.23)
                .containsEntry("duration_ns", 45_234_567.0)
                .containsEntry("user_id", "ada"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 6",
        "from=2026-01-01T00:00:02Z, 4",
        "from=1767225602000, 4",
        "to=2026-01-01T00:00:02Z, 2",
        "from=0&to=9214646399999, 6",
        "from=2026-01-01T00:00:01Z&to=2026-01-01T00:00:03Z, 2",
        "endpoint=GET+/b, 3",
        "min_ms=30, 4",
        "max_ms=30, 3",
        "min_ms=30&max_ms=30, 1",
        "min_ms=30.000001&max_ms=39.999999, 0",
        "status=404, 1",
        "status=5xx, 2",
        "status=503, 1",
        "user_id=ada, 2",
        "user_id=%C3%A9, 1",
        "endpoint=GET+/b&status=5xx, 1",
        "limit=2, 2",
    })
    void filters(String query, int expected) {
        service.record("GET", "/a", 200, 10, "ada");
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/b", 200, 20, "ada");
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/a", 404, 30, "é");
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/b", 500, 40, null);
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/a", 503, 50, null);
        service.pass(Duration.ofSeconds(1));
        service.record("GET", "/b", 200, 60, null);
        assertThat(objects(service.get("/metrics/requests?" + query).json().get("requests")))
                .hasSize(expected);
        assertThat(export("application/x-ndjson", query).jsonLines())
                .as("exported")
                .hasSize(expected);
    }

    @Test
    void leadsFromPageToPage() {
        for (int i = 0; i < 25; i++) {
            service.record("GET", "/a", 200, i, null);
            if (i % 3 == 0) {
                service.pass(Duration.ofMillis(1));
            }
        }
        List<Object> seen = new ArrayList<>();
        String target = "/metrics/requests?limit=10";
        List<Integer> pages = new ArrayList<>();
        for (Object cursor = ""; cursor != null; ) {
            Map<String, Object> json = service.get(target + cursor).json();
            objects(json.get("requests")).forEach(request -> seen.add(request.get("duration_ns")));
            pages.add(objects(json.get("requests")).size());
            cursor = json.get("next_cursor") == null ? null : "&cursor=" + json.get("next_cursor");
            // What comes meanwhile is newer, and so moves no page.
            service.record("GET", "/new", 200, 1_000, null);
        }
        assertThat(pages).containsExactly(10, 10, 5);
        assertThat(seen).hasSize(25).doesNotHaveDuplicates().doesNotContain(1_000_000_000.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "cursor=abc",
                "cursor=",
                "min_ms=5&max_ms=4",
                "from=2&to=1",
                "status=6x",
                "hours=1",
                "min_ms=2&min_ms=3"
            })
    void refusesWhatCannotBeMeant(String query) {
        assertThat(service.get("/metrics/requests?" + query).status()).isEqualTo(400);
        assertThat(export("text/csv", query).status()).isEqualTo(400);
    }

    @Test
    void exportsCsvThatNoSpreadsheetRuns() {
        service.record("GET", "/a,\"b\"", 200, 1.5, "=HYPERLINK(\"http://evil\")");
        service.pass(Duration.ofMillis(1));
        service.record("GET", "/a", 200, 2, "+1");
        service.pass(Duration.ofMillis(1));
        service.record("GET", "/a", 200, 3, "-1");
        service.pass(Duration.ofMillis(1));
        service.record("GET", "/a", 200, 4, "@SUM(A1)");
        service.pass(Duration.ofMillis(1));
        service.record("GET", "/a", 200, 5, "two\nlines");
        service.pass(Duration.ofMillis(1));
        service.record("GET", "/a", 204, 6, null);
        RecordingExchange answer = export("text/csv", "");
        assertThat(answer.responseHeader("Content-Type")).isEqualTo("text/csv; header=present; charset=utf-8");
        assertThat(answer.text()).isEqualTo("""
                        timestamp,endpoint,method,route,status,outcome,stream,duration_ms,duration_ns,user_id,service,instance
                        2026-01-01T00:00:00.005Z,GET /a,GET,/a,204,completed,false,6.00,6000000,,shop,shop-1
                        2026-01-01T00:00:00.004Z,GET /a,GET,/a,200,completed,false,5.00,5000000,"two~lines",shop,shop-1
                        2026-01-01T00:00:00.003Z,GET /a,GET,/a,200,completed,false,4.00,4000000,'@SUM(A1),shop,shop-1
                        2026-01-01T00:00:00.002Z,GET /a,GET,/a,200,completed,false,3.00,3000000,'-1,shop,shop-1
                        2026-01-01T00:00:00.001Z,GET /a,GET,/a,200,completed,false,2.00,2000000,'+1,shop,shop-1
                        2026-01-01T00:00:00Z,"GET /a,""b""\",GET,"/a,""b""\",200,completed,false,1.50,1500000,"'=HYPERLINK(""http://evil"")",shop,shop-1
                        """.replace("\n", "\r\n").replace('~', '\n'));
    }

    @Test
    void exportsNoFormulaInFullWidthLettersEither() {
        service.record("GET", "/a", 200, 1, "\uff1d1+1");

        assertThat(export("text/csv", "").text()).contains(",'\uff1d1+1,shop,");
    }

    @Test
    void exportsNothingAsAHeaderRowAlone() {
        assertThat(export("text/csv", "").text().lines()).hasSize(1);
        assertThat(export("application/x-ndjson", "").text()).isEmpty();
    }

    @Test
    void exportsAllThatMatchHoweverManyPagesTheyFill() {
        int requests = 70_000;
        for (int i = 0; i < requests; i++) {
            service.record("GET", i % 2 == 0 ? "/a" : "/b", 200, 1, null);
            if (i % 10_000 == 0) {
                service.millisight.flush();
            }
        }
        assertThat(export("application/x-ndjson", "").text().lines()).hasSize(requests);
        assertThat(export("text/csv", "").text().lines()).hasSize(requests + 1);
        assertThat(export("text/csv", "endpoint=GET+/a").text().lines()).hasSize(requests / 2 + 1);
        assertThat(export("text/csv", "limit=7").text().lines()).hasSize(7 + 1);
    }

    @Test
    void countsRequestsByStatus() {
        service.record("GET", "/a", 200, 1, null);
        service.record("GET", "/a", 404, 1, null);
        service.record("GET", "/a", 200, 1, "ada");
        service.record("GET", "/b", 500, 1, null);

        assertThat(statuses("")).containsExactly(entry(200.0, 2.0), entry(404.0, 1.0), entry(500.0, 1.0));
        assertThat(statuses("?endpoint=GET%20/a&status=4xx")).containsExactly(entry(404.0, 1.0));
        assertThat(statuses("?user_id=ada")).containsExactly(entry(200.0, 1.0));
        assertThat(statuses("?endpoint=GET%20/none")).isEmpty();
        assertThat(service.get("/metrics/statuses?endpoint=GET%20/a").json())
                .containsEntry("endpoint", "GET /a")
                .containsKeys("from", "to", "service");
    }

    private Map<Object, Object> statuses(String query) {
        Map<Object, Object> counts = new LinkedHashMap<>();
        objects(service.get("/metrics/statuses" + query).json().get("statuses"))
                .forEach(count -> counts.put(count.get("status"), count.get("requests")));
        return counts;
    }

    @Test
    void exportsEachRequestOnceAcrossSmallPages() throws IOException {
        for (int i = 0; i < 23; i++) {
            service.record("GET", "/a", 200, i, null);
        }
        MillisightHttp http = new MillisightHttp(
                feed -> MillisightHttp.table(service.millisight, feed, 5),
                service.millisight,
                HttpConfig.defaults(),
                AccessRule.NONE);
        RecordingExchange answer = RecordingExchange.get("/metrics/requests").header("Accept", "application/x-ndjson");
        http.handle(answer);
        assertThat(answer.jsonLines())
                .extracting(line -> line.get("duration_ns"))
                .hasSize(23)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/csv", "application/x-ndjson"})
    void passesOnThatTheClientIsGone(String type) {
        for (int i = 0; i < 2_000; i++) {
            service.record("GET", "/a", 200, i, null);
        }
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
        RecordingExchange export = RecordingExchange.get("/metrics/requests?limit=1000")
                .header("Accept", type)
                .into(gone);
        assertThatThrownBy(() -> service.http.handle(export))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
        assertThat(service.http.faults()).isZero();
    }

    private RecordingExchange export(String type, String query) {
        return service.send(RecordingExchange.get("/metrics/requests?" + query).header("Accept", type));
    }
}
