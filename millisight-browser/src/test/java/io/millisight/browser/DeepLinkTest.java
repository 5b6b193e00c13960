package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The address says it all: whoever is sent one sees what was seen. */
class DeepLinkTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(3), 6_000);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void rangeSortAndFilterAreInTheAddress() {
        Dashboard sent = Dashboard.open(tabs, shop, "");
        sent.page().locator("[data-range='24h']").click();
        sent.awaitFigure("endpoints", 13);
        sent.page().locator("#filter").fill("a");
        sent.panel("endpoints").locator("th.c-p99").getByRole(AriaRole.BUTTON).click();
        sent.page().getByLabel(Pattern.compile("Compare")).check();
        List<String> seen = sent.endpoints();

        Dashboard received = Dashboard.in(tabs.blank(), shop, fragment(sent.page()));
        received.awaitFigure("endpoints", 13);
        assertThat(received.page().getByTestId("range")).hasAttribute("data-value", "24h");
        assertThat(received.page().locator("#filter")).hasValue("a");
        assertThat(received.panel("endpoints").locator("th.c-p99")).hasAttribute("aria-sort", "descending");
        assertThat(received.page().getByLabel(Pattern.compile("Compare"))).isChecked();
        assertThat(received.endpoints()).isEqualTo(seen).hasSizeBetween(5, 12);
    }

    @Test
    void anEndpointAndARegionAreInTheAddress() {
        Dashboard sent = Dashboard.open(tabs, shop, "#range=6h&endpoint=GET /products");
        assertThat(sent.sentence("heatmap")).containsText("Most in one cell");
        sent.panel("heatmap").locator(".chart").focus();
        sent.page().keyboard().press("ArrowLeft");
        for (int i = 0; i < 20; i++) {
            sent.page().keyboard().press("Shift+ArrowLeft");
            sent.page().keyboard().press("Shift+ArrowUp");
        }
        sent.page().keyboard().press("Enter");
        assertThat(sent.panel("requests").locator("tbody tr[aria-rowindex]").first())
                .isVisible();
        String seen = sent.source("requests");

        Dashboard received = Dashboard.in(tabs.blank(), shop, fragment(sent.page()));
        assertThat(received.panel("endpoint")).containsText("GET /products");
        assertThat(received.panel("requests").locator("tbody tr[aria-rowindex]").first())
                .isVisible();
        assertThat(received.source("requests")).isEqualTo(seen);
    }

    @Test
    void aDragAlongAChartIsARangeAndBackLeadsOutOfIt() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "#range=1h");
        Page page = dashboard.page();
        assertThat(dashboard.sentence("throughput")).containsText("highest");
        var box = dashboard.panel("throughput").locator(".u-over").boundingBox();
        page.mouse().move(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
        page.mouse().down();
        page.mouse().move(box.x + 0.6 * box.width, box.y + 0.5 * box.height);
        page.mouse().up();
        assertThat(page.getByTestId("range")).hasAttribute("data-value", "custom");
        assertThat(page).hasURL(Pattern.compile("range=custom&from=.*&to="));

        page.goBack();
        assertThat(page.getByTestId("range")).hasAttribute("data-value", "1h");
    }

    @Test
    void anAddressThatMakesNoSenseShowsTheFirstScreen() {
        Dashboard dashboard = Dashboard.open(
                tabs,
                shop,
                "#panel=nothing&range=custom&from=yesterday&to=%00&select=1,2,3&sort=%3Cb%3E&compare=7&%E0%A4%A");

        assertThat(dashboard.page().getByTestId("range")).hasAttribute("data-value", "live");
    }

    private static String fragment(Page page) {
        return page.url().substring(page.url().indexOf('#'));
    }
}
