package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table of endpoints, and the page behind each of its rows. */
class EndpointsTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(2), 6_000);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private Dashboard open() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#range=6h");
        dashboard.awaitFigure("endpoints", 13);
        return dashboard;
    }

    @Test
    void aClickOnAColumnSortsByItAndASecondOneTurnsItRound() {
        Dashboard dashboard = open();
        Locator head = dashboard.panel("endpoints").locator("th.c-p95");

        head.getByRole(AriaRole.BUTTON).click();
        assertThat(head).hasAttribute("aria-sort", "descending");
        assertThat(p95s(dashboard)).hasSize(13).isSortedAccordingTo(Comparator.reverseOrder());

        head.getByRole(AriaRole.BUTTON).click();
        assertThat(head).hasAttribute("aria-sort", "ascending");
        assertThat(p95s(dashboard)).hasSize(13).isSortedAccordingTo(Comparator.naturalOrder());
    }

    private static List<Double> p95s(Dashboard dashboard) {
        List<Double> p95s = new ArrayList<>();
        dashboard.rows("endpoints").forEach(row -> p95s.add(row.number("p95")));
        return p95s;
    }

    @Test
    void theFilterLeavesThoseWithTheTextInTheirName() {
        Dashboard dashboard = open();

        dashboard.page().locator("#filter").fill("CART");

        assertThat(dashboard.figure("endpoints")).hasText("2 of 13");
        assertThat(dashboard.endpoints()).containsExactlyInAnyOrder("GET /cart", "PUT /cart/items/{id}");
    }

    @Test
    void aRowOpensThePageOfItsEndpointAndBackLeadsBack() {
        Dashboard dashboard = open();
        Page page = dashboard.page();

        page.locator("tr[data-endpoint='GET /orders/{id}'] td.c-requests").click();
        assertThat(dashboard.panel("endpoint").getByRole(AriaRole.HEADING)).containsText("GET /orders/{id}");
        assertThat(page).hasURL(Pattern.compile("endpoint=GET"));

        page.goBack();
        assertThat(dashboard.panel("endpoint")).hasCount(0);
        assertThat(dashboard.panel("endpoints")).isVisible();
        assertThat(page).hasURL(shop.dashboard() + "#range=6h");
    }

    @Test
    void thePageOfAnEndpointHasTheFiguresOfTheReport() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#range=6h&endpoint=POST /checkout");
        assertThat(dashboard.panel("endpoint")).isVisible();
        JsonObject figures =
                dashboard.answer("endpoint").getAsJsonArray("endpoints").get(0).getAsJsonObject();

        dashboard.awaitFigure("total", figures.get("requests").getAsInt());
        Map<String, String> byFigure = Map.of(
                "error-rate", "error_rate",
                "p50", "p50_response_time",
                "p95", "p95_response_time",
                "p99", "p99_response_time",
                "max", "max_response_time",
                "time-share", "time_share");
        byFigure.forEach((figure, field) -> assertThat(
                        Double.parseDouble(dashboard.figure(figure).getAttribute("data-value")))
                .as(field)
                .isEqualTo(figures.get(field).getAsDouble()));
    }

    @Test
    void thePageOfAnEndpointHasItsStatusCodes() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#range=6h&endpoint=POST /payments/charge");
        Locator statuses = dashboard.panel("statuses").locator("[data-status]");
        assertThat(statuses).hasCount(2);

        Map<Integer, Integer> shown = new LinkedHashMap<>();
        statuses.all()
                .forEach(status -> shown.put(
                        Integer.parseInt(status.getAttribute("data-status")),
                        Integer.parseInt(status.getAttribute("data-value"))));
        Map<Integer, Integer> told = new LinkedHashMap<>();
        for (JsonElement status : dashboard.answer("statuses").getAsJsonArray("statuses")) {
            JsonObject of = status.getAsJsonObject();
            told.put(of.get("status").getAsInt(), of.get("requests").getAsInt());
        }
        assertThat(shown).isEqualTo(told).containsOnlyKeys(200, 502);
    }
}
