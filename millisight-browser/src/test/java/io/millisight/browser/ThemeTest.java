package io.millisight.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Light, dark, or as the system has it. */
class ThemeTest {

    private static Shop shop;

    @RegisterExtension
    final Tabs tabs = new Tabs();

    @BeforeAll
    static void start() {
        shop = Shop.start();
        shop.visit("/products", 3);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void theSystemsThemeIsFollowedAlsoWhenItChanges() {
        Page page = tabs.blank(new Browser.NewContextOptions().setColorScheme(ColorScheme.DARK));
        Dashboard.in(page, shop, "");
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        assertThat(brightness(page)).isLessThan(0.2);

        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        assertThat(page.locator("html")).hasAttribute("data-theme", "light");
        assertThat(brightness(page)).isGreaterThan(0.8);
    }

    @Test
    void aChosenThemeOutlivesAReload() {
        Page page = tabs.blank();
        Dashboard.in(page, shop, "");
        page.getByTestId("theme").click();
        page.getByTestId("theme").click();
        assertThat(page.getByTestId("theme")).hasAttribute("data-value", "dark");

        page.reload();
        assertThat(page.getByTestId("theme")).hasAttribute("data-value", "dark");
        assertThat(brightness(page)).isLessThan(0.2);
    }

    /** Of the page's ground, from 0 to 1. */
    private static double brightness(Page page) {
        return ((Number) page.evaluate("""
                () => {
                  const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number);
                  return (r + g + b) / 3 / 255;
                }""")).doubleValue();
    }
}
