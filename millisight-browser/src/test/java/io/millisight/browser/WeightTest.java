package io.millisight.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the page weighs, and how soon it is seen. */
class WeightTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(1), 2_000);
        shop.visit("/products", 5);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void thePageIsLessThanAHundredKilobytes() {
        Page page = tabs.blank();
        List<Request> files = new ArrayList<>();
        page.onRequestFinished(request -> {
            if (request.url().startsWith(shop.dashboard())) {
                files.add(request);
            }
        });
        Dashboard.in(page, shop, "").awaitFigure("total", 5);

        int bodies = 0;
        int heads = 0;
        for (Request file : files) {
            Sizes sizes = file.sizes();
            bodies += sizes.responseBodySize;
            heads += sizes.responseHeadersSize;
        }
        System.out.printf(
                "the page's %d files: %d bytes as sent, and %d of headers; first paint after %s ms (promised: 500)%n",
                files.size(), bodies, heads, firstPaint(page));
        assertThat(bodies + heads).isBetween(20_000, 100_000);
    }

    private static Object firstPaint(Page page) {
        return page.evaluate("() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime)");
    }
}
