package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import io.millisight.health.HealthResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Slow requests, alerts, health and instances, and the live status line: what they show is what the API says. */
class ReportsTest {

    private static final AtomicReference<HealthResult> PAYMENTS = new AtomicReference<>(HealthResult.healthy());

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    /** A p99 that is ten times the usual one is an alert, and so is a check that turns. */
    @BeforeAll
    static void start() {
        shop = Shop.start(Map.of("slice", "1s", "window", "60s", "alert.minimum-requests", "10"));
        shop.check("payments", PAYMENTS::get);
        shop.check("stock", HealthResult::healthy);
        for (int slice = 0; alerts().isEmpty(); slice++) {
            assertThat(slice).as("slices until the spike is an alert").isLessThan(200);
            double millis = slice < 30 ? 40 : 900;
            for (int i = 0; i < 20; i++) {
                shop.record("GET /search", 200, millis, Duration.ZERO);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
        }
        shop.record("POST /checkout", 500, 812.5, Duration.ZERO);
        PAYMENTS.set(HealthResult.down("no connection to payments"));
        while (shop.ask("/health")
                .getAsJsonObject("checks")
                .getAsJsonObject("payments")
                .get("status")
                .getAsString()
                .equals("healthy")) {
            Thread.onSpinWait();
        }
        shop.millisight().flush();
    }

    private static JsonArray alerts() {
        return shop.ask("/metrics").getAsJsonArray("alerts");
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void theStatusLineIsThatOfTheLiveFeed() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        JsonObject frame =
                shop.ask("/metrics/stream").getAsJsonArray("frames").get(0).getAsJsonObject();

        dashboard.awaitFigure("in-flight", frame.get("in_flight").getAsInt());
        for (String fate : List.of("seen", "stored", "pending")) {
            dashboard.awaitFigure(
                    fate, frame.getAsJsonObject("ledger").get(fate).getAsInt());
        }
        dashboard.awaitFigure("dropped", 0);
        dashboard.awaitFigure("instances-alive", 1);
    }

    @Test
    void slowRequestsAreThoseOfTheApi() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=slow");
        JsonArray slow = dashboard.answer("slow").getAsJsonArray("slow_queries");
        dashboard.awaitFigure("slow", slow.size());

        List<Dashboard.Row> rows = dashboard.rows("slow");
        assertThat(rows).hasSize(slow.size()).hasSizeGreaterThan(10);
        for (int i = 0; i < rows.size(); i++) {
            JsonObject request = slow.get(i).getAsJsonObject();
            assertThat(rows.get(i).number("duration_ms"))
                    .isEqualTo(request.get("duration_ms").getAsDouble());
            assertThat(rows.get(i).number("status"))
                    .isEqualTo(request.get("status").getAsDouble());
            assertThat(rows.get(i).texts().get("endpoint"))
                    .isEqualTo(request.get("endpoint").getAsString());
            assertThat(rows.get(i).texts().get("path"))
                    .isEqualTo(request.get("path").getAsString());
        }
    }

    @Test
    void anAlertSaysWhy() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=alerts");
        JsonArray alerts = dashboard.answer("alerts").getAsJsonArray("alerts");
        dashboard.awaitFigure("alerts", alerts.size());
        Locator shown = dashboard.panel("alerts").locator("li.alert");
        assertThat(shown).hasCount(alerts.size());

        for (int i = 0; i < alerts.size(); i++) {
            JsonObject alert = alerts.get(i).getAsJsonObject();
            assertThat(shown.nth(i)).hasAttribute("data-kind", alert.get("kind").getAsString());
            shown.nth(i).getByText("Details").click();
            Map<String, String> details = details(dashboard);
            assertThat(details).containsOnlyKeys(alert.keySet());
            for (Locator figure : shown.nth(i).locator("[data-figure]").all()) {
                String name = figure.getAttribute("data-figure");
                assertThat(Double.parseDouble(figure.getAttribute("data-value")))
                        .as(name)
                        .isEqualTo(alert.get(name).getAsDouble())
                        .isEqualTo(Double.parseDouble(details.get(name)));
            }
            dashboard.page().keyboard().press("Escape");
        }
        Locator spike = dashboard.panel("alerts").locator("li[data-kind=p99_spike]");
        assertThat(spike.first()).containsText("the usual");
        assertThat(spike.first().locator("[data-figure]")).hasCount(4);
        assertThat(dashboard.panel("alerts").locator("li[data-kind=health]")).containsText("no connection to payments");
    }

    private static Map<String, String> details(Dashboard dashboard) {
        Map<String, String> details = new LinkedHashMap<>();
        for (Locator entry :
                dashboard.page().getByTestId("details").locator("dl > div").all()) {
            details.put(entry.locator("dt").textContent(), entry.locator("dd").textContent());
        }
        return details;
    }

    @Test
    void theLiveChartsHaveTheWindowAndTheSlicesThatAreSet() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        dashboard.showAsTable("throughput");

        assertThat(dashboard.rows("throughput")).hasSizeBetween(60, 61); // of a second each, in a minute
    }

    @Test
    void theHealthBoardIsThatOfTheApi() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=health");
        JsonObject health = dashboard.answer("health");
        dashboard.awaitFigure("health", health.get("status").getAsString());

        Locator tiles = dashboard.panel("health").locator("[data-check]");
        assertThat(tiles).hasCount(health.getAsJsonObject("checks").size());
        for (Map.Entry<String, JsonElement> check :
                health.getAsJsonObject("checks").entrySet()) {
            assertThat(dashboard.panel("health").locator("[data-check='" + check.getKey() + "']"))
                    .hasAttribute(
                            "data-value",
                            check.getValue().getAsJsonObject().get("status").getAsString());
        }
        assertThat(dashboard.panel("health").locator("[data-check=payments]"))
                .containsText("no connection to payments");
    }

    @Test
    void aTileShowsWhenItTurned() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=health");

        dashboard.panel("health").locator("[data-check=payments] button").click();

        assertThat(dashboard.page()).hasURL(Pattern.compile("check=payments"));
        List<Dashboard.Row> turns = dashboard.rows("history");
        JsonArray told = new JsonArray();
        dashboard.answer("history").getAsJsonArray("checks").forEach(check -> {
            if (check.getAsJsonObject().get("check").getAsString().equals("payments")) {
                told.addAll(check.getAsJsonObject().getAsJsonArray("transitions"));
            }
        });
        assertThat(turns).hasSize(told.size()).isNotEmpty();
        for (int i = 0; i < turns.size(); i++) {
            assertThat(turns.get(i).texts().get("to"))
                    .contains(told.get(i).getAsJsonObject().get("to").getAsString());
        }
    }

    @Test
    void instancesAreThoseOfTheApi() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=instances");
        JsonArray instances = dashboard.answer("instances").getAsJsonArray("instances");
        dashboard.awaitFigure("instances", instances.size());

        List<Dashboard.Row> rows = dashboard.rows("instances");
        assertThat(rows).hasSize(1);
        JsonObject instance = instances.get(0).getAsJsonObject();
        for (String figure : List.of("seen", "stored", "pending")) {
            assertThat(rows.get(0).number(figure))
                    .isEqualTo(instance.get(figure).getAsDouble());
        }
        assertThat(rows.get(0).number("dropped")).isZero();
        assertThat(rows.get(0).texts().get("instance")).isEqualTo("shop-1");
        assertThat(rows.get(0).texts().get("alive")).contains("alive");
    }
}
