package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.millisight.health.HealthResult;
import io.millisight.observe.Outcome;
import io.millisight.testkit.HostileTexts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a client wrote is shown as text. Each text would run an {@code alert}, load something or become an element if it were
 * markup: a dialog, a refusal by the page's policy or a request fails the test by itself.
 */
class HostileTextTest {

    private static final List<String> TEXTS = HostileTexts.all();
    private static final String NAME = "<img src=x onerror=alert(1)>";

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.start(Map.of("service", NAME, "instance", "\"><svg onload=alert(2)>"));
        for (String text : TEXTS) {
            long end = System.nanoTime();
            shop.millisight()
                    .record("GET", "/" + text, 200, Outcome.COMPLETED, false, end - 200_000_000, end, text, "/" + text);
            shop.millisight()
                    .record(text, "/direct", 500, Outcome.COMPLETED, false, end - 300_000_000, end, text, text);
        }
        for (int i = 0; i < 60; i++) {
            String text = TEXTS.get(i * 5);
            shop.check("check-" + i, () -> HealthResult.down(text).with(text, text));
        }
        shop.millisight().flush();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void endpointsAreTextInTheTable() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        Locator count = dashboard.figure("endpoints");
        assertThat(count).not().hasAttribute("data-value", "0");

        List<String> names = dashboard.endpoints();
        assertThat(names).hasSizeGreaterThan(280).anyMatch(name -> name.contains("<script>alert(1)</script>"));
        assertThatThePageIsWhole(dashboard.page());
    }

    @Test
    void slowRequestsAreTextInTheirTableAndInFull() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=slow");
        assertThat(dashboard.panel("slow").locator("tbody tr").first()).isVisible();
        assertThat(dashboard.rows("slow")).hasSize(100);
        assertThatThePageIsWhole(dashboard.page());

        for (int i = 0; i < 8; i++) {
            dashboard
                    .panel("slow")
                    .locator("tbody tr[aria-rowindex] td.c-duration_ms")
                    .nth(i)
                    .click();
            assertThat(dashboard.page().getByTestId("details")).isVisible();
            assertThatThePageIsWhole(dashboard.page());
            dashboard.page().keyboard().press("Escape");
        }
    }

    @Test
    void everyUserIsTextInTheListOfRequests() {
        String region = Instant.now().minusSeconds(3_000) + "," + Instant.now().plusSeconds(60) + ",1,100000";
        Dashboard dashboard = Dashboard.open(tabs, shop, "#range=1h&select=" + region);
        Locator older = dashboard.panel("requests").getByText("Older");
        int shown = 0;
        for (int page = 0; page == 0 || older.isEnabled(); page++) {
            if (page > 0) {
                older.click();
            }
            assertThat(dashboard.panel("requests").getByTestId("requests-page"))
                    .hasText(Pattern.compile("^" + (100 * page + 1) + "–"));
            shown += dashboard.rows("requests").size();
            assertThatThePageIsWhole(dashboard.page());
        }

        assertThat(shown).isEqualTo(2 * TEXTS.size());
    }

    @Test
    void whatAHealthCheckSaysIsText() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=health&check=check-7");
        assertThat(dashboard.panel("health").locator("[data-check]").nth(59)).isVisible();
        assertThatThePageIsWhole(dashboard.page());

        dashboard.page().navigate(shop.dashboard() + "#panel=alerts");
        assertThat(dashboard.panel("alerts").locator("li").first()).isVisible();
        assertThatThePageIsWhole(dashboard.page());
    }

    @Test
    void thePageOfEachEndpointIsWhole() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#panel=instances");
        JsonArray endpoints = shop.ask("/metrics/endpoints").getAsJsonArray("endpoints");
        assertThat(endpoints).hasSizeGreaterThan(280); // some are one when they are cut
        for (int i = 0; i < endpoints.size(); i += 24) {
            String endpoint = endpoints.get(i).getAsJsonObject().get("endpoint").getAsString();
            dashboard
                    .page()
                    .evaluate(
                            "name => { location.hash = new URLSearchParams({ range: '1h', endpoint: name }); }",
                            endpoint);
            assertThat(dashboard.panel("statuses").locator("[data-status]")).hasCount(1);
            assertThat(dashboard.panel("slow").locator("tbody tr").first()).isVisible();
            assertThatThePageIsWhole(dashboard.page());
        }
    }

    private static void assertThatThePageIsWhole(Page page) {
        assertThat((List<?>) page.evaluate("""
                () => [...document.querySelectorAll('img, iframe, object, embed, math, style, [onerror], [onload], [onmouseover]')]
                    .map(element => element.outerHTML.slice(0, 200))"""))
                .as("elements that a text has become")
                .isEmpty();
        assertThat(LayoutTest.widthBeyondTheScreen(page))
                .as("width beyond the screen")
                .isZero();
    }
}
