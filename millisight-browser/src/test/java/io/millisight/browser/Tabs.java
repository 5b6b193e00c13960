package io.millisight.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Opens pages, each in a context of its own, for one test. Whatever the browser complained of meanwhile fails the test: errors on the
 * console (a breach of the Content-Security-Policy is one), uncaught errors, answers of 400 and above, requests that failed,
 * dialogs. Unless the test said that it would happen.
 */
final class Tabs implements AfterTestExecutionCallback {

    private final List<BrowserContext> contexts = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<Pattern> expected = new ArrayList<>();

    /** An empty page at 1440 x 900, light. */
    Page blank() {
        return blank(new Browser.NewContextOptions());
    }

    /** An empty page. */
    Page blank(Browser.NewContextOptions options) {
        if (options.viewportSize == null) {
            options.setViewportSize(1440, 900);
        }
        BrowserContext context = Chromium.browser().newContext(options);
        contexts.add(context);
        Page page = context.newPage();
        pages.add(page);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add("console: " + message.text() + " (" + message.location() + ")");
            }
        });
        page.onPageError(error -> complaints.add("uncaught: " + error));
        page.onResponse(response -> {
            if (response.status() >= 400) {
                complaints.add("answer: " + response.status() + " " + response.url());
            }
        });
        page.onRequestFailed(request -> {
            if (!"net::ERR_ABORTED".equals(request.failure())) { // which the page did itself
                complaints.add("request: " + request.failure() + " " + request.url());
            }
        });
        page.onDialog(dialog -> {
            complaints.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        return page;
    }

    /** This page, at 1440 x 900, light. */
    Page open(String url) {
        Page page = blank();
        page.navigate(url);
        return page;
    }

    /** Complaints in which this is found are no failure of this test. */
    void expect(String pattern) {
        expected.add(Pattern.compile(pattern));
    }

    @Override
    public void afterTestExecution(ExtensionContext test) {
        if (test.getExecutionException().isPresent()) {
            for (int i = 0; i < pages.size(); i++) {
                String name = test.getRequiredTestClass().getSimpleName() + "."
                        + test.getRequiredTestMethod().getName();
                pages.get(i)
                        .screenshot(new Page.ScreenshotOptions()
                                .setPath(Path.of("target", "failed", name + "-" + i + ".png")));
            }
        }
        contexts.forEach(BrowserContext::close);
        complaints.removeIf(complaint ->
                expected.stream().anyMatch(pattern -> pattern.matcher(complaint).find()));
        Assertions.assertThat(complaints).as("what the browser complained of").isEmpty();
    }
}
