package io.millisight.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;

/** A Boot application as a WAR: the container reads our web fragment too, and the starter alone must be at work. */
class WarTest {

    @TempDir
    private Path directory;

    /** In the WAR, with the shop; everything else comes from the class path of the tests. */
    public static final class Initializer extends SpringBootServletInitializer {

        @Override
        protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
            return builder.sources(TestShop.class, TestShop.Pages.class);
        }
    }

    @Test
    void recordsARequestOnceAndStoresItWhenTheContainerStops() throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context war = tomcat.addWebapp("/shop", makeWar().toString());
        war.setParentClassLoader(getClass().getClassLoader());
        ((StandardJarScanner) war.getJarScanner()).setScanClassPath(false);
        war.addParameter("millisight.data-dir", directory.resolve("data").toString());
        PrintStream err = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            tomcat.start();
        } finally {
            System.setErr(err);
        }
        try {
            assertThat(logged.toString(StandardCharsets.UTF_8))
                    .as("the fragment's listener stood back")
                    .contains("dashboard at /metrics/dashboard")
                    .doesNotContain("runs without monitoring");
            int port = tomcat.getConnector().getLocalPort();
            HttpResponse<String> product = get(port, "/shop/products/17");
            assertThat(product.body()).isEqualTo("product 17");
            assertThat(product.headers().allValues("x-response-time")).hasSize(1);
            assertThat(get(port, "/shop/metrics").body()).contains("\"GET /products/{id}\"");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }

        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(directory.resolve("data"))
                .build();
        try (Millisight again = Millisight.start(config)) {
            assertThat(again.requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), 10))
                            .requests())
                    .extracting(request -> request.endpoint().name())
                    .containsExactlyInAnyOrder("GET /products/{id}", "GET /metrics");
        }
    }

    private Path makeWar() throws Exception {
        Path app = directory.resolve("app");
        Path lib = Files.createDirectories(app.resolve("WEB-INF/lib"));
        Path classes = Path.of("../millisight-servlet/target/classes");
        try (OutputStream file = Files.newOutputStream(lib.resolve("millisight-servlet.jar"));
                JarOutputStream jar = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(one).toString()));
                Files.copy(one, jar);
            }
        }
        Path into = Files.createDirectories(app.resolve("WEB-INF/classes/io/millisight/spring"));
        for (String name : List.of("WarTest$Initializer.class", "TestShop.class", "TestShop$Pages.class")) {
            Files.copy(Path.of("target/test-classes/io/millisight/spring", name), into.resolve(name));
        }
        return app;
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        BodyHandlers.ofString());
    }
}
