package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Regions of the heatmap, and the requests that make them up. */
class HeatmapTest {

    private static final Pattern REGION = Pattern.compile("select=([^,&]+),([^,&]+),([^,&]+),([^,&]+)");

    private static Shop shop;
    private static String anHour;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(2), 8_000);
        Instant to = Instant.now().minus(2, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
        anHour = "#range=custom&from=" + to.minus(1, ChronoUnit.HOURS) + "&to=" + to;
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void aDraggedRegionListsTheRequestsThatItsCellsCount() {
        Dashboard dashboard = Dashboard.open(tabs, shop, anHour);
        assertThat(dashboard.sentence("heatmap")).containsText("Most in one cell");

        drag(dashboard, 0.25, 0.2, 0.6, 0.8);
        assertThat(dashboard.panel("requests")).isVisible();
        assertThat(dashboard.panel("requests").getByTestId("requests-page")).containsText("1–100");

        Matcher region = REGION.matcher(URLDecoder.decode(dashboard.page().url(), StandardCharsets.UTF_8));
        assertThat(region.find()).isTrue();
        long counted = counted(
                dashboard.answer("heatmap"),
                Instant.parse(region.group(1)),
                Instant.parse(region.group(2)),
                Double.parseDouble(region.group(3)),
                Double.parseDouble(region.group(4)));
        String all = dashboard.source("requests").replace("&limit=100", "");
        assertThat(counted).isGreaterThan(200);
        assertThat(shop.get(all, "application/x-ndjson").body().lines()).hasSize((int) counted);
    }

    @Test
    void theListHasThePageOfRequestsThatTheApiGives() {
        Dashboard dashboard = Dashboard.open(tabs, shop, anHour);
        assertThat(dashboard.sentence("heatmap")).containsText("Most in one cell");
        drag(dashboard, 0.25, 0.2, 0.6, 0.8);
        assertThat(dashboard.panel("requests").getByTestId("requests-page")).containsText("1–100");

        assertThatTheListIsTheAnswer(dashboard);
        dashboard.panel("requests").getByText("Older").click();
        assertThat(dashboard.panel("requests").getByTestId("requests-page")).containsText("101–200");
        assertThatTheListIsTheAnswer(dashboard);
    }

    private static void assertThatTheListIsTheAnswer(Dashboard dashboard) {
        JsonArray requests = dashboard.answer("requests").getAsJsonArray("requests");
        List<Dashboard.Row> rows = dashboard.rows("requests");
        assertThat(rows).hasSize(100).hasSize(requests.size());
        for (int i = 0; i < rows.size(); i++) {
            JsonObject request = requests.get(i).getAsJsonObject();
            assertThat(rows.get(i).number("duration_ms"))
                    .isEqualTo(request.get("duration_ms").getAsDouble());
            assertThat(rows.get(i).number("status"))
                    .isEqualTo(request.get("status").getAsDouble());
            assertThat(rows.get(i).texts().get("endpoint"))
                    .isEqualTo(request.get("endpoint").getAsString());
        }
    }

    @Test
    void escapeLetsGoOfTheRegion() {
        Dashboard dashboard = Dashboard.open(tabs, shop, anHour);
        assertThat(dashboard.sentence("heatmap")).containsText("Most in one cell");
        drag(dashboard, 0.4, 0.3, 0.5, 0.6);
        assertThat(dashboard.panel("requests")).isVisible();

        dashboard.page().keyboard().press("Escape");

        assertThat(dashboard.panel("requests")).hasCount(0);
        assertThat(dashboard.page()).hasURL(Pattern.compile("^((?!select=).)*$"));
    }

    /** From one place to another, each in shares of the chart's width and height. */
    private static void drag(Dashboard dashboard, double fromX, double fromY, double toX, double toY) {
        Page page = dashboard.page();
        BoundingBox box = dashboard.panel("heatmap").locator(".u-over").boundingBox();
        page.mouse().move(box.x + fromX * box.width, box.y + fromY * box.height);
        page.mouse().down();
        page.mouse().move(box.x + toX * box.width, box.y + toY * box.height, new Mouse.MoveOptions().setSteps(5));
        page.mouse().up();
    }

    /** The requests in the buckets that lie in a region. */
    private static long counted(JsonObject series, Instant from, Instant to, double minMillis, double maxMillis) {
        double scale = Math.pow(2, series.get("bucket_scale").getAsInt());
        long counted = 0;
        for (JsonElement point : series.getAsJsonArray("points")) {
            Instant at = Instant.parse(point.getAsJsonObject().get("timestamp").getAsString());
            if (at.isBefore(from) || !at.isBefore(to)) {
                continue;
            }
            for (JsonElement bucket : point.getAsJsonObject().getAsJsonArray("buckets")) {
                int index = bucket.getAsJsonArray().get(0).getAsInt();
                double middle = Math.pow(2, (index + 0.5) / scale) / 1e6;
                if (middle > minMillis && middle < maxMillis) {
                    counted += bucket.getAsJsonArray().get(1).getAsLong();
                }
            }
        }
        return counted;
    }
}
