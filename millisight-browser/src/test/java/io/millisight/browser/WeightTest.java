package io.millisight.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the page weighs, and how soon it is seen. */
class WeightTest {

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @Test
    void thePageIsLessThanAHundredKilobytesOverTheWire() {
        try (Shop shop = Shop.withPast(Duration.ofHours(1), 2_000)) {
            shop.visit("/products", 5);
            Page page = tabs.blank();
            Map<String, String> urls = new HashMap<>();
            Map<String, Integer> bytes = new HashMap<>();
            CDPSession network = page.context().newCDPSession(page);
            network.send("Network.enable");
            network.on(
                    "Network.requestWillBeSent",
                    event -> urls.put(
                            event.get("requestId").getAsString(),
                            event.getAsJsonObject("request").get("url").getAsString()));
            network.on(
                    "Network.loadingFinished",
                    (JsonObject event) -> bytes.merge(
                            urls.get(event.get("requestId").getAsString()),
                            event.get("encodedDataLength").getAsInt(),
                            Integer::sum));

            Dashboard dashboard = Dashboard.in(page, shop, "");
            dashboard.awaitFigure("total", 5);
            page.waitForLoadState();

            int files = bytes.entrySet().stream()
                    .filter(file -> file.getKey().contains("/metrics/dashboard"))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            int all = bytes.values().stream().mapToInt(Integer::intValue).sum();
            System.out.printf(
                    "the page's %d files: %d bytes with their headers, with what it asked of the API %d; first paint after %s ms%n",
                    bytes.keySet().stream()
                            .filter(url -> url.contains("/metrics/dashboard"))
                            .count(),
                    files,
                    all,
                    firstPaint(page));
            assertThat(files).isBetween(20_000, 100_000);
        }
    }

    private static Object firstPaint(Page page) {
        return page.evaluate("() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime)");
    }
}
