package io.millisight.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The one Chromium of this process. It is the system's, by the system property {@code chromium}, the variable {@code CHROMIUM},
 * or the path; where there is none, the one that Playwright downloads. Where that fails too the tests are skipped, but never in CI.
 *
 * <p>For one thread, as Playwright is.
 */
final class Chromium {

    private static final Optional<Path> EXECUTABLE = executable();
    private static final List<String> QUIET = List.of("--disable-gpu", "--disable-quic", "--disable-sync");

    private static Browser running;

    private Chromium() {}

    /** Ends with the process. */
    static Browser browser() {
        if (running == null) {
            running = launch();
        }
        return running;
    }

    private static Browser launch() {
        try {
            Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                    .setEnv(EXECUTABLE.isPresent() ? Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1") : Map.of()));
            Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
            BrowserType.LaunchOptions options = new BrowserType.LaunchOptions()
                    .setArgs(QUIET)
                    .setChromiumSandbox(!"root".equals(System.getProperty("user.name"))); // which has no sandbox
            EXECUTABLE.ifPresent(options::setExecutablePath);
            PlaywrightAssertions.setDefaultAssertionTimeout(30_000); // for a busy machine
            return playwright.chromium().launch(options);
        } catch (PlaywrightException e) {
            if (EXECUTABLE.isPresent() || "true".equals(System.getenv("CI"))) {
                throw e;
            }
            throw new TestAbortedException("no Chromium: install one, or name it with CHROMIUM=/path/to/chromium", e);
        }
    }

    private static Optional<Path> executable() {
        String named = System.getProperty("chromium", System.getenv("CHROMIUM"));
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
