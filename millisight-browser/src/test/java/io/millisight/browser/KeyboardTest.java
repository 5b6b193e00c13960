package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Everything without a mouse. */
class KeyboardTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    private Dashboard dashboard;
    private Page page;
    private Keyboard keys;

    @BeforeAll
    static void start() {
        shop = Shop.withPast(Duration.ofHours(2), 4_000);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void open() {
        dashboard = Dashboard.open(tabs, shop, "#range=6h");
        dashboard.awaitFigure("endpoints", 13);
        page = dashboard.page();
        keys = page.keyboard();
    }

    @Test
    void slashGoesToTheFilterAndEscapeOut() {
        keys.press("/");
        assertThat(page.locator("#filter")).isFocused();
        keys.type("cart");
        assertThat(dashboard.figure("endpoints")).hasText("2 of 13");

        keys.press("Escape");
        assertThat(page.locator("#filter")).not().isFocused();
    }

    @Test
    void jAndKMoveAlongTheRowsAndEnterOpensOne() {
        List<String> names = dashboard.endpoints();
        keys.press("j");
        keys.press("j");
        keys.press("j");
        assertThat(current()).isEqualTo(names.get(2));
        keys.press("k");
        assertThat(current()).isEqualTo(names.get(1));

        keys.press("Enter");
        assertThat(dashboard.panel("endpoint")).containsText(names.get(1));
        keys.press("Escape");
        assertThat(dashboard.panel("endpoint")).hasCount(0);
        assertThat(dashboard.panel("endpoints")).isVisible();
    }

    private String current() {
        return page.locator("tr[aria-current=true]").getAttribute("data-endpoint");
    }

    @Test
    void tChangesTheTheme() {
        assertThat(page.locator("html")).hasAttribute("data-theme", "light");
        keys.press("t"); // light
        keys.press("t"); // dark
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    }

    @Test
    void aQuestionMarkShowsTheKeysAndEscapeHidesThem() {
        keys.press("?");
        assertThat(page.getByTestId("help")).isVisible();
        assertThat(page.getByTestId("help")).containsText("Filter the endpoints");

        keys.press("Escape");
        assertThat(page.getByTestId("help")).hasCount(0);
    }

    @Test
    void digitsChooseTheRangeAndTwoLettersThePage() {
        keys.press("3");
        assertThat(page.getByTestId("range")).hasAttribute("data-value", "1h");
        keys.press("g");
        keys.press("h");
        assertThat(dashboard.panel("health")).isVisible();
    }

    @Test
    void arrowsMoveTheCursorOfAChartAndTheFiguresAreReadOut() {
        dashboard.panel("latency").locator(".chart").focus();
        keys.press("End");
        assertThat(page.locator("#readout")).hasText(Pattern.compile("p50 .*, p95 .*, p99 "));
        String last = page.locator("#readout").textContent();
        keys.press("ArrowLeft");
        assertThat(page.locator("#readout")).not().hasText(last);
    }

    @Test
    void shiftAndArrowsSelectARegionOfTheHeatmapAndEnterListsIt() {
        dashboard.panel("heatmap").locator(".chart").focus();
        keys.press("ArrowRight");
        for (int i = 0; i < 6; i++) {
            keys.press("Shift+ArrowLeft");
            keys.press("Shift+ArrowUp");
        }
        keys.press("Enter");

        assertThat(page).hasURL(Pattern.compile("select="));
        assertThat(dashboard.panel("requests")).isVisible();
    }

    @Test
    void everythingThatCanBeClickedCanBeReachedByTab() {
        Object unreachable = page.evaluate("""
                () => [...document.querySelectorAll('button, a[href], input, select, summary, [role=button]')]
                    .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex < 0)
                    .map(e => e.outerHTML.slice(0, 100))""");
        assertThat((List<?>) unreachable).isEmpty();
    }
}
