package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.millisight.health.HealthResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What axe finds. */
class AccessibilityTest {

    private static Shop shop;
    private static Shop empty;
    private static String axe;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() throws IOException {
        try (InputStream script = AccessibilityTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
        empty = Shop.start();
        shop = Shop.withPast(Duration.ofHours(2), 3_000);
        shop.visit("/products", 5);
        shop.visit("/reports", 2);
        shop.visit("/broken", 1);
        shop.check("payments", () -> HealthResult.down("no pong"));
        shop.check("stock", HealthResult::healthy);
    }

    @AfterAll
    static void stop() {
        shop.close();
        empty.close();
    }

    @ParameterizedTest
    @CsvSource({
        "LIGHT, #range=live", "DARK, #range=live",
        "LIGHT, #range=6h&compare=1", "DARK, #range=6h&compare=1",
        "LIGHT, #range=6h&endpoint=POST /payments/charge", "DARK, #range=6h&endpoint=POST /payments/charge",
        "LIGHT, #panel=health&check=payments", "DARK, #panel=health&check=payments",
        "LIGHT, #panel=alerts", "DARK, #panel=alerts",
        "LIGHT, #panel=slow", "DARK, #panel=instances",
    })
    void axeFindsNothingSeriousInThePage(ColorScheme scheme, String fragment) {
        Page page = tabs.blank(new Browser.NewContextOptions().setColorScheme(scheme));
        Dashboard.in(page, shop, fragment);
        assertThat(page.locator("main section").first()).isVisible();

        assertThat(seriousFindings(page)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"LIGHT", "DARK"})
    void axeFindsNothingSeriousInTheHelp(ColorScheme scheme) {
        Page page = tabs.blank(new Browser.NewContextOptions().setColorScheme(scheme));
        Dashboard.in(page, shop, "");
        page.keyboard().press("?");
        assertThat(page.getByTestId("help")).isVisible();

        assertThat(seriousFindings(page)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"LIGHT", "DARK"})
    void axeFindsNothingSeriousInTheEmptyPage(ColorScheme scheme) {
        Page page = tabs.blank(new Browser.NewContextOptions().setColorScheme(scheme));
        Dashboard.in(page, empty, "");
        assertThat(page.getByTestId("empty")).isVisible();

        assertThat(seriousFindings(page)).isEmpty();
    }

    /** The browser lets a debugger evaluate what the page's own policy would not. */
    private static List<?> seriousFindings(Page page) {
        page.evaluate(axe);
        return (List<?>) page.evaluate("""
                async () => (await axe.run()).violations
                    .filter(found => found.impact === 'serious' || found.impact === 'critical')
                    .map(found => found.id + ': ' + found.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))""");
    }
}
