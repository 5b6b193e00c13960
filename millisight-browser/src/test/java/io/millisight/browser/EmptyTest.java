package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Before the first request. */
class EmptyTest {

    @RegisterExtension
    final Tabs tabs = new Tabs();

    private Shop shop;

    @AfterEach
    void stop() {
        shop.close();
    }

    @Test
    void thePageTellsHowToSendOneAndShowsItWhenItCame() {
        shop = Shop.start();
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        Locator empty = dashboard.page().getByTestId("empty");
        assertThat(empty.locator("code")).hasText("curl " + shop.url("/"));
        assertThat(dashboard.page().locator("canvas")).hasCount(0);

        shop.visit("/orders/17", 1);
        assertThat(empty).hasCount(0);
        assertThat(dashboard.page().locator("tr[data-endpoint='GET /orders/{id}']"))
                .isVisible();
    }

    @Test
    void thePagesOwnFilesAreNoTraffic() {
        shop = Shop.start(Map.of("exclude", ""));
        Dashboard.open(tabs, shop, "");

        assertThat(shop.ask("/metrics").getAsJsonObject("endpoint_breakdown").keySet())
                .noneMatch(endpoint -> endpoint.startsWith("GET /metrics/dashboard/"));
    }

    @Test
    void thePagesOwnCallsDoNotEndTheWaiting() {
        shop = Shop.start(Map.of("exclude", ""));
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        shop.ask("/metrics/endpoints");

        assertThat(dashboard.figure("total")).not().hasAttribute("data-value", "0");
        assertThat(dashboard.page().getByTestId("empty")).isVisible();
    }
}
