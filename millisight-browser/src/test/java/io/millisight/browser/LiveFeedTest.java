package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens in the service moves the page, whichever way the frames come, and again after they did not. */
class LiveFeedTest {

    private static final String NO_WEB_SOCKET =
            "window.WebSocket = class { constructor() { throw new Error('blocked'); } };";
    private static final String NO_EVENT_SOURCE =
            "window.EventSource = class { constructor() { setTimeout(() => this.onerror?.()); } close() {} };";

    @RegisterExtension
    final Tabs tabs = new Tabs();

    private Shop shop;

    @BeforeEach
    void start() {
        shop = Shop.start();
        shop.visit("/products", 1);
    }

    @AfterEach
    void stop() {
        shop.close();
    }

    @Test
    void theChartMovesSoonAfterTheTraffic() {
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        dashboard.awaitFigure("total", 1);

        shop.visit("/orders/17", 20);
        long answered = System.nanoTime();
        dashboard.awaitFigure("total", 21);
        assertThat(dashboard.sentence("heatmap")).containsText("21 requests.");
        System.out.printf(
                "20 requests in the chart %d ms after the last answer; promised: 2000 ms%n", millisSince(answered));
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }

    @Test
    void framesComeByWebSocket() {
        assertThat(transportOf(tabs.blank())).isEqualTo("websocket");
    }

    @Test
    void framesComeByEventStreamWhereWebSocketsDoNotGetThrough() {
        Page page = tabs.blank();
        page.addInitScript(NO_WEB_SOCKET);

        assertThat(transportOf(page)).isEqualTo("event-stream");
    }

    @Test
    void framesArePolledWhereNeitherGetsThrough() {
        Page page = tabs.blank();
        page.addInitScript(NO_WEB_SOCKET + NO_EVENT_SOURCE);

        assertThat(transportOf(page)).isEqualTo("polling");
    }

    /** The one by which traffic was seen to arrive. */
    private String transportOf(Page page) {
        Dashboard dashboard = Dashboard.in(page, shop, "");
        dashboard.awaitFigure("total", 1);
        shop.visit("/orders/17", 5);
        dashboard.awaitFigure("total", 6);
        shop.visit("/orders/17", 4);
        dashboard.awaitFigure("total", 10);
        return dashboard.transport();
    }

    @Test
    void aRestartOfTheServiceIsShownAndOvercome() {
        tabs.expect(
                "ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|WebSocket connection");
        Dashboard dashboard = Dashboard.open(tabs, shop, "");
        dashboard.awaitFigure("total", 1);

        shop.stop();
        dashboard.awaitState("reconnecting");
        assertThat(dashboard.page().locator(".notice")).containsText("does not answer");
        assertThat(dashboard.panel("throughput")).hasClass(Pattern.compile("\\bstale\\b"));

        shop.begin();
        shop.visit("/orders/17", 7);
        dashboard.awaitState("connected");
        dashboard.awaitFigure("total", 7);
        assertThat(dashboard.page().getByRole(AriaRole.ALERT)).hasCount(0);
    }

    /** As when the service goes just then; live, the endpoints would be asked for again only a minute later. */
    @Test
    void aReportThatGotNoAnswerIsAskedForAgain() {
        tabs.expect("ERR_CONNECTION_RESET|503");
        Page page = tabs.blank();
        Queue<Consumer<Route>> answers = new ArrayDeque<>(List.of(
                route -> route.abort("connectionreset"),
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(503)
                        .setContentType("application/problem+json")
                        .setBody("{\"title\":\"Store unavailable\",\"status\":503,\"detail\":\"Later.\"}"))));
        page.route("**/metrics/endpoints?**", route -> {
            Consumer<Route> answer = answers.poll();
            if (answer == null) {
                route.resume();
            } else {
                answer.accept(route);
            }
        });
        Dashboard dashboard = Dashboard.in(page, shop, "");

        assertThat(dashboard.panel("endpoints").getByRole(AriaRole.ALERT)).containsText("does not answer");
        assertThat(dashboard.panel("endpoints").getByRole(AriaRole.ALERT)).containsText("503 Store unavailable");
        assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
    }

    @Test
    void whatHappenedWhileThePageWasCutOffIsThereAfterwards() {
        tabs.expect("ERR_INTERNET_DISCONNECTED");
        Page page = tabs.blank();
        page.addInitScript(NO_WEB_SOCKET + NO_EVENT_SOURCE);
        Dashboard dashboard = Dashboard.in(page, shop, "");
        dashboard.awaitFigure("total", 1);

        page.context().setOffline(true);
        dashboard.awaitState("reconnecting");
        shop.visit("/orders/17", 8);
        page.context().setOffline(false);

        dashboard.awaitFigure("total", 9);
        assertThat(dashboard.sentence("heatmap")).containsText("9 requests.");
        assertThat(dashboard.endpoints()).contains("GET /orders/{id}");
    }
}
