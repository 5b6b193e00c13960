package io.millisight.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import io.millisight.health.HealthResult;
import java.nio.file.Path;
import java.time.Duration;

/** Takes the pictures of docs/images: a shop with a day behind it and traffic now. Started by ./screenshots. */
final class Screenshots {

    private static final Browser.NewContextOptions SCREEN =
            new Browser.NewContextOptions().setViewportSize(1440, 900).setDeviceScaleFactor(2);
    private static final Browser.NewContextOptions PHONE = new Browser.NewContextOptions()
            .setViewportSize(390, 844)
            .setDeviceScaleFactor(2)
            .setIsMobile(true)
            .setHasTouch(true);

    private final Path folder;
    private final Shop shop;

    private Screenshots(Path folder, Shop shop) {
        this.folder = folder;
        this.shop = shop;
    }

    /** Into this folder. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        try (Shop shop = Shop.start()) {
            new Screenshots(folder, shop).take("empty", SCREEN.setColorScheme(ColorScheme.LIGHT), "", "empty");
        }
        try (Shop shop = Shop.withPast(Duration.ofHours(24), 200_000)) {
            shop.check("database", () -> HealthResult.healthy().with("pool_active", 3));
            shop.check("payments", () -> HealthResult.degraded("answers slowly"));
            shop.check("stock", HealthResult::healthy);
            for (int i = 0; i < 15; i++) {
                shop.record("POST /checkout", 200, 105 + i * 37 % 160, Duration.ofSeconds(16L * (14 - i)));
            }
            Traffic traffic = Traffic.start(shop);
            Screenshots screenshots = new Screenshots(folder, shop);
            screenshots.take("light", SCREEN.setColorScheme(ColorScheme.LIGHT), "#range=1h", "heatmap");
            screenshots.take("dark", SCREEN.setColorScheme(ColorScheme.DARK), "#range=24h&compare=1", "heatmap");
            screenshots.take(
                    "endpoint",
                    SCREEN.setColorScheme(ColorScheme.LIGHT),
                    "#range=1h&endpoint=POST /checkout",
                    "statuses");
            screenshots.take("phone", PHONE, "#range=1h", "heatmap");
            traffic.stop();
        }
        System.exit(0); // threads of Playwright's would keep the process
    }

    private void take(String name, Browser.NewContextOptions options, String fragment, String panel) {
        try (BrowserContext context = Chromium.browser().newContext(options)) {
            Page page = context.newPage();
            Dashboard dashboard = Dashboard.in(page, shop, fragment);
            dashboard.panel(panel).waitFor();
            page.waitForLoadState(LoadState.NETWORKIDLE);
            page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve("dashboard-" + name + ".png")));
        }
    }
}
