package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardRoutesTest {

    private static final Path FOLDER = Path.of("src/main/resources/io/millisight/http/dashboard");

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    @Test
    void servesThePageUnderAPolicyThatAllowsItsOwnFilesAlone() {
        RecordingExchange page = service.get("/metrics/dashboard");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).startsWith("<!DOCTYPE html>");
        assertThat(page.responseHeaders())
                .containsEntry("Content-Type", "text/html; charset=utf-8")
                .containsEntry(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                                + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    @Test
    void servesEveryFileOfTheFolderThatABrowserNeeds() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            List<String> needed = files.map(
                            file -> FOLDER.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.matches(".*\\.(js|css)"))
                    .toList();
            for (String name : needed) {
                RecordingExchange file = service.get("/metrics/dashboard/" + name);
                assertThat(file.status()).as(name).isEqualTo(200);
                String source = Files.readString(FOLDER.resolve(name));
                assertThat(file.text()).as(name).isEqualTo(isOurScript(name) ? withoutCommentLines(source) : source);
                assertThat(file.responseHeader("Content-Type"))
                        .as(name)
                        .isEqualTo((name.endsWith(".css") ? "text/css" : "text/javascript") + "; charset=utf-8");
            }
            assertThat(service.http.paths().stream().filter(path -> path.startsWith("/metrics/dashboard/")))
                    .hasSameSizeAs(needed);
        }
    }

    private static boolean isOurScript(String name) {
        return name.endsWith(".js") && !name.startsWith("vendor/");
    }

    /** Line by line, so that errors name the lines of the source. */
    private static String withoutCommentLines(String script) {
        StringBuilder code = new StringBuilder();
        boolean inside = false;
        for (String line : script.split("\n", -1)) {
            String begin = line.strip();
            boolean comment = inside || begin.startsWith("//") || (begin.startsWith("/**") && begin.endsWith("*/"));
            if (begin.startsWith("/**") && !begin.contains("*/")) {
                inside = true;
                comment = true;
            }
            if (inside && begin.contains("*/")) {
                inside = false;
            }
            code.append(comment ? "" : line).append('\n');
        }
        return code.substring(0, code.length() - 1);
    }

    @Test
    void sendsThePolicyOfPagesWithThePageAlone() {
        assertThat(service.get("/metrics/dashboard/main.js").responseHeaders())
                .containsEntry("Content-Security-Policy", "default-src 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.d.ts", "vendor/README.md", "../MillisightHttp.class", "index.html", "none.js"})
    void servesNothingElse(String name) {
        assertThat(service.get("/metrics/dashboard/" + name).status()).isEqualTo(404);
    }

    @Test
    void weighsUnderAHundredThousandBytesOverTheWire() {
        int bytes = 0;
        for (String path : service.http.paths()) {
            if (path.startsWith("/metrics/dashboard")) {
                ByteArrayOutputStream sent = new ByteArrayOutputStream();
                service.send(RecordingExchange.get(path)
                        .header("Accept-Encoding", "gzip, deflate, br")
                        .into(sent));
                bytes += sent.size();
            }
        }
        assertThat(bytes).isBetween(20_000, 100_000);
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, true",
        "'br, GZIP;q=0.5', true",
        "'deflate, gzip;q=1.0', true",
        "gzip;q=0, false",
        "'gzip;q=0.00, br', false",
        "identity, false",
        "xgzip, false",
    })
    void zipsForWhoeverTakesIt(String accepted, boolean zips) throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        RecordingExchange page = service.send(RecordingExchange.get("/metrics/dashboard")
                .header("Accept-Encoding", accepted)
                .into(sent));

        assertThat("gzip".equals(page.responseHeader("Content-Encoding"))).isEqualTo(zips);
        byte[] bytes = sent.toByteArray();
        if (zips) {
            bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        }
        assertThat(new String(bytes, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT))
                .startsWith("<!doctype html>");
        assertThat(page.responseHeader("Vary")).isEqualTo("Accept-Encoding");
    }

    @Test
    void sendsAFileAgainOnlyWhenItHasChanged() {
        RecordingExchange first = service.get("/metrics/dashboard/main.js");
        String tag = first.responseHeader("ETag");
        RecordingExchange again = service.send(
                RecordingExchange.get("/metrics/dashboard/main.js").header("If-None-Match", "\"other\", W/" + tag));
        RecordingExchange changed =
                service.send(RecordingExchange.get("/metrics/dashboard/main.js").header("If-None-Match", "\"other\""));

        assertThat(first.responseHeader("Cache-Control")).isEqualTo("no-cache");
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
        assertThat(changed.status()).isEqualTo(200);
    }

    @Test
    void hidesThePageFromStrangersAndAsksABrowserForThePassword() throws IOException {
        MillisightHttp guarded =
                new MillisightHttp(service.millisight, new HttpConfig("/", Access.TOKEN, "0123456789abcdef"));
        RecordingExchange browser = RecordingExchange.get("/metrics/dashboard").header("Accept", "text/html,*/*;q=0.8");
        RecordingExchange program = RecordingExchange.get("/metrics/dashboard");
        guarded.handle(browser);
        guarded.handle(program);

        assertThat(browser.status()).isEqualTo(401);
        assertThat(browser.responseHeader("WWW-Authenticate")).startsWith("Basic realm=");
        assertThat(program.status()).isEqualTo(401);
        assertThat(program.responseHeader("WWW-Authenticate")).startsWith("Bearer realm=");
    }
}
