package io.millisight.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each panel shows is what the API says, by the very call that the panel names as its source. */
class FiguresTest {

    private static Shop shop;
    private static String anHour;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(3), 12_000);
        Instant to = Instant.now().minus(20, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
        anHour = "range=custom&from=" + to.minus(1, ChronoUnit.HOURS) + "&to=" + to;
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void throughputIsThatOfTheSeries() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#" + anHour);
        dashboard.showAsTable("throughput");

        assertShowsPoints(dashboard, "throughput", "rate", "requests", "errors", "error_rate");
    }

    @Test
    void latencyIsThatOfTheSeries() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#" + anHour);
        dashboard.showAsTable("latency");

        assertShowsPoints(dashboard, "latency", "p50", "p95", "p99");
    }

    /** Newest first. */
    private void assertShowsPoints(Dashboard dashboard, String panel, String... fields) {
        JsonArray points = dashboard.answer(panel).getAsJsonArray("points");
        List<Dashboard.Row> rows = dashboard.rows(panel);
        assertThat(rows).hasSize(points.size()).hasSizeGreaterThan(50);
        for (int i = 0; i < rows.size(); i++) {
            JsonObject point = points.get(points.size() - 1 - i).getAsJsonObject();
            for (String field : fields) {
                assertThat(rows.get(i).number(field))
                        .as("%s of %s", field, point)
                        .isEqualTo(number(point, field));
            }
        }
    }

    @Test
    void theHeatmapHasEveryRequestOfTheSeriesInItsCell() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#" + anHour);
        dashboard.showAsTable("heatmap");

        Map<Double, Long> shown = new TreeMap<>();
        int scale = -1;
        for (Dashboard.Row cell : dashboard.rows("heatmap")) {
            double ratio = cell.number("upto") / cell.number("above");
            scale = (int) Math.round(-Math.log(Math.log(ratio) / Math.log(2)) / Math.log(2));
            shown.merge(rounded(cell.number("above")), cell.number("requests").longValue(), Long::sum);
        }
        Map<Double, Long> counted = new TreeMap<>();
        JsonObject series = dashboard.answer("heatmap");
        int merged = 1 << (series.get("bucket_scale").getAsInt() - scale);
        for (JsonElement point : series.getAsJsonArray("points")) {
            for (JsonElement bucket : point.getAsJsonObject().getAsJsonArray("buckets")) {
                int row = Math.floorDiv(bucket.getAsJsonArray().get(0).getAsInt(), merged);
                double above = Math.pow(2, row / Math.pow(2, scale)) / 1e6;
                counted.merge(rounded(above), bucket.getAsJsonArray().get(1).getAsLong(), Long::sum);
            }
        }
        assertThat(shown).isEqualTo(counted).hasSizeGreaterThan(10);
    }

    private static double rounded(double millis) {
        return Math.round(millis * 1e5) / 1e5;
    }

    @Test
    void endpointsAreThoseOfTheReport() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#" + anHour);
        PlaywrightAssertions.assertThat(dashboard.figure("endpoints")).hasAttribute("data-value", "13");

        Map<String, JsonObject> reported = new HashMap<>();
        dashboard
                .answer("endpoints")
                .getAsJsonArray("endpoints")
                .forEach(endpoint -> reported.put(
                        endpoint.getAsJsonObject().get("endpoint").getAsString(), endpoint.getAsJsonObject()));
        List<Dashboard.Row> rows = dashboard.rows("endpoints");
        assertThat(rows).hasSize(13).hasSameSizeAs(reported.keySet());
        for (Dashboard.Row row : rows) {
            JsonObject endpoint = reported.get(row.texts().get("endpoint"));
            for (String field : List.of("requests", "errors", "rate", "time_share")) {
                assertThat(row.number(field)).as("%s of %s", field, endpoint).isEqualTo(number(endpoint, field));
            }
            for (String rank : List.of("p50", "p95", "p99")) {
                assertThat(row.number(rank))
                        .as("%s of %s", rank, endpoint)
                        .isEqualTo(number(endpoint, rank + "_response_time"));
            }
        }
    }

    private static Double number(JsonObject of, String field) {
        return of.get(field).isJsonNull() ? null : Double.valueOf(of.get(field).getAsDouble());
    }
}
