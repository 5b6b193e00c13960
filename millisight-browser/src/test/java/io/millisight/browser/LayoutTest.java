package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where things are, on a screen and on a phone. */
class LayoutTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(2), 3_000);
        shop.visit("/products", 5);
        shop.visit("/reports", 1);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#range=live", "#range=6h"})
    void theFirstScreenHasItAllWithoutScrolling(String fragment) {
        Dashboard dashboard = Dashboard.open(tabs, shop, fragment);
        Locator rows = dashboard.panel("endpoints").locator("tbody tr[aria-rowindex]");
        assertThat(rows.nth(1)).isVisible();

        for (String panel : new String[] {"status", "throughput", "latency", "heatmap"}) {
            assertThatItIsOnTheScreen(panel, dashboard.panel(panel));
        }
        for (int row = 0; row < Math.min(5, rows.count()); row++) {
            assertThatItIsOnTheScreen("row " + row + " of the endpoints", rows.nth(row));
        }
    }

    private static void assertThatItIsOnTheScreen(String name, Locator part) {
        BoundingBox box = part.boundingBox();
        assertThat(box.y).as("upper edge of %s", name).isNotNegative();
        assertThat(box.y + box.height).as("lower edge of %s", name).isLessThanOrEqualTo(900);
        assertThat(box.x + box.width).as("right edge of %s", name).isLessThanOrEqualTo(1440);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#range=live",
                "#range=6h",
                "#range=6h&endpoint=POST /payments/charge",
                "#panel=slow",
                "#panel=alerts",
                "#panel=health",
                "#panel=instances",
            })
    void aPhoneScrollsUpAndDownOnly(String fragment) {
        Page page = tabs.blank(new Browser.NewContextOptions()
                .setViewportSize(390, 844)
                .setDeviceScaleFactor(2)
                .setIsMobile(true)
                .setHasTouch(true));
        Dashboard.in(page, shop, fragment);
        assertThat(page.locator("main section").first()).isVisible();

        assertThat(widthBeyondTheScreen(page)).isZero();
    }

    static int widthBeyondTheScreen(Page page) {
        return ((Number) page.evaluate(
                        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .intValue();
    }
}
