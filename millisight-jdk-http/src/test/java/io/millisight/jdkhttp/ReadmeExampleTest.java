package io.millisight.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example is compiled here, runs, and stands word for word in README.md. */
class ReadmeExampleTest {

    private static final String MARK = "        // README\n";

    @Test
    void standsInTheReadme() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/millisight/jdkhttp/ReadmeExample.java"));
        String example = source.substring(source.indexOf(MARK) + MARK.length(), source.lastIndexOf(MARK));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("```java\n" + example.stripTrailing().stripIndent() + "\n```");
    }

    /** In a process of its own: its data go to a folder of its own, as those of a service do. */
    @Test
    void runs(@TempDir Path folder) throws Exception {
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .directory(folder.toFile())
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (var out = service.inputReader()) {
            String port = out.readLine();

            assertThat(port).as(Files.readString(folder.resolve("log"))).isNotNull();
            assertThat(get(port, "/invoices/7").headers().firstValue("x-response-time"))
                    .isPresent();
            assertThat(get(port, "/metrics").body())
                    .contains("\"service\":\"billing\"")
                    .contains("GET /invoices/{id}");
        } finally {
            service.destroy();
            assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static HttpResponse<String> get(String port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        BodyHandlers.ofString());
    }

    static final class Main {

        private Main() {}

        public static void main(String[] arguments) throws Exception {
            var server = ReadmeExample.start(0, exchange -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            System.out.println(server.getAddress().getPort());
        }
    }
}
