package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A day of 2,000 endpoints: what is out of sight is not in the page, so that it stays smooth. */
class ManyEndpointsTest {

    private static final int ENDPOINTS = 2_000;

    private static final String RECORD_FRAMES = """
            () => {
              window.frameTimes = [];
              let last = performance.now();
              requestAnimationFrame(function frame(now) {
                window.frameTimes.push(now - last);
                last = now;
                requestAnimationFrame(frame);
              });
            }""";

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    private Dashboard dashboard;

    @BeforeAll
    static void start() {
        shop = Shop.start(Map.of("max-endpoints", "2100"));
        Random random = new Random(3);
        for (int hour = 23; hour >= 0; hour--) {
            for (int i = 0; i < ENDPOINTS; i++) {
                Duration ago = Duration.ofSeconds(hour * 3_600L + random.nextInt(3_500));
                shop.record(
                        "GET /resource-" + i + "/{id}",
                        i % 97 == 0 ? 500 : 200,
                        2 + Math.exp(random.nextGaussian() * 1.2 + 2),
                        ago);
            }
            if (hour % 6 == 0) {
                shop.millisight().flush();
            }
        }
        shop.stop();
        shop.begin();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void open() {
        dashboard = Dashboard.open(tabs, shop, "#range=24h");
        dashboard.awaitFigure("endpoints", ENDPOINTS);
    }

    @Test
    void onlyTheRowsInSightAreInThePage() {
        assertThat(rowsInThePage()).isBetween(5, 60);

        dashboard.panel("endpoints").locator(".table-box").evaluate("box => { box.scrollTop = box.scrollHeight / 2; }");
        dashboard.panel("endpoints").locator("tr[aria-rowindex='1002']").waitFor();
        assertThat(rowsInThePage()).isBetween(5, 60);
    }

    private int rowsInThePage() {
        return dashboard.panel("endpoints").locator("tbody tr[aria-rowindex]").count();
    }

    @Test
    void theTableIsSmoothWhenItIsScrolled() {
        Page page = dashboard.page();
        Locator table = dashboard.panel("endpoints").locator(".table-box");
        table.scrollIntoViewIfNeeded();
        table.hover(new Locator.HoverOptions().setPosition(200, 60));
        page.evaluate(RECORD_FRAMES);
        for (int i = 0; i < 60; i++) {
            page.mouse().wheel(0, 400);
        }
        print("scrolling", page);

        assertThat(dashboard.panel("endpoints").locator("tr[aria-rowindex='2']"))
                .hasCount(0);
        assertThat(rowsInThePage()).isBetween(5, 60);
    }

    @Test
    void theChartsAreSmoothWhenTheCursorMoves() {
        Page page = dashboard.page();
        BoundingBox box = dashboard.panel("heatmap").locator(".u-over").boundingBox();
        page.mouse().move(box.x + 5, box.y + 5);
        page.evaluate(RECORD_FRAMES);
        page.mouse().move(box.x + box.width - 5, box.y + box.height - 5, new Mouse.MoveOptions().setSteps(120));
        print("moving the cursor", page);

        assertThat(dashboard.panel("throughput").locator(".hint").textContent())
                .isNotEqualTo("now"); // it is on all charts
    }

    private static void print(String what, Page page) {
        double[] millis = ((List<?>) page.evaluate("() => window.frameTimes"))
                .stream()
                        .mapToDouble(frame -> ((Number) frame).doubleValue())
                        .sorted()
                        .toArray();
        System.out.printf(
                "%s, %d endpoints: %d frames, median %.1f ms, 95 %% within %.1f ms, longest %.1f ms%n",
                what,
                ENDPOINTS,
                millis.length,
                millis[millis.length / 2],
                millis[millis.length * 95 / 100],
                Arrays.stream(millis).max().orElse(0));
    }
}
