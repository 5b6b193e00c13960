package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.HttpCredentials;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who sees the page, and what those see who may not. */
class AccessTest {

    private static final String TOKEN = "a-token-of-the-tests";

    @RegisterExtension
    final Tabs tabs = new Tabs();

    private Shop shop;

    @AfterEach
    void stop() {
        shop.close();
    }

    @Test
    void theTokenIsThePasswordThatTheBrowserAsksFor() {
        shop = Shop.start(Map.of("access", "token", "token", TOKEN));
        tabs.expect(" 401"); // the browser's first try is without
        Page page =
                tabs.blank(new Browser.NewContextOptions().setHttpCredentials(new HttpCredentials("anyone", TOKEN)));
        Dashboard dashboard = Dashboard.in(page, shop, "");

        shop.visit("/products", 2);
        dashboard.awaitFigure("total", 2);
    }

    @Test
    void withoutTheTokenThereIsNoPage() {
        shop = Shop.start(Map.of("access", "token", "token", TOKEN));
        tabs.expect(" 401|ERR_INVALID_AUTH_CREDENTIALS");
        Page page = tabs.blank();

        assertThatThrownBy(() -> page.navigate(shop.dashboard())).hasMessageContaining("ERR_INVALID_AUTH_CREDENTIALS");
        assertThat(page.locator("#app")).hasCount(0);
    }

    @Test
    void whoeverComesThroughAProxyIsRefused() {
        shop = Shop.start();
        tabs.expect(" 403");
        Page page =
                tabs.blank(new Browser.NewContextOptions().setExtraHTTPHeaders(Map.of("X-Forwarded-For", "192.0.2.1")));

        assertThat(page.navigate(shop.dashboard()).status()).isEqualTo(403);
    }

    @Test
    void aRefusalOfTheFeedIsShownWithWhatToDo() {
        shop = Shop.start();
        tabs.expect(" 401");
        Page page = tabs.blank();
        page.addInitScript("window.WebSocket = class { constructor() { throw new Error('blocked'); } };");
        page.route(
                "**/metrics/stream**",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(401)
                        .setContentType("application/problem+json")
                        .setBody("{\"title\":\"Token needed\",\"status\":401,\"detail\":\"Send the token.\"}")));
        page.navigate(shop.dashboard());

        assertThat(page.getByTestId("refused")).containsText("401 Token needed");
        assertThat(page.getByTestId("refused")).containsText("Send the token.");
        assertThat(page.getByTestId("refused").getByRole(AriaRole.BUTTON)).hasText("Reload");
    }
}
