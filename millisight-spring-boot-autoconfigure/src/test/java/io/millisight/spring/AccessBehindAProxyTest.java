package io.millisight.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Whoever evaluates forwarded headers, none makes a stranger local. The tests' own peer stands for a proxy on this machine. */
class AccessBehindAProxyTest {

    @TempDir
    private Path data;

    private ConfigurableApplicationContext context;

    @AfterEach
    void stop() {
        context.close();
    }

    @ParameterizedTest
    @CsvSource({
        "none, X-Forwarded-For, 127.0.0.1",
        "native, X-Forwarded-For, 127.0.0.1",
        "native, X-Forwarded-For, '127.0.0.1, 10.0.0.5'",
        "native, X-Forwarded-Host, localhost",
        "framework, X-Forwarded-For, 127.0.0.1",
        "framework, X-Forwarded-Host, localhost",
        "framework, Forwarded, for=127.0.0.1;host=localhost",
    })
    void refusesWhomAHeaderCallsLocal(String strategy, String header, String value) throws Exception {
        start(strategy);

        assertThat(statusOfMetrics(header, value)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"none, 200", "framework, 200", "native, 403"})
    void admitsThisMachineUnlessTheContainerHidesWhoAsks(String strategy, int status) throws Exception {
        start(strategy);

        assertThat(statusOfMetrics("X-Harmless", "1")).isEqualTo(status);
    }

    @Test
    void admitsATokenWhereTheContainerHidesWhoAsks() throws Exception {
        start("native", "--millisight.token=0123456789abcdef");

        assertThat(statusOfMetrics("Authorization", "Bearer 0123456789abcdef")).isEqualTo(200);
    }

    private void start(String strategy, String... more) {
        String[] arguments = {
            "--server.port=0",
            "--millisight.store=memory",
            "--millisight.data-dir=" + data,
            "--server.forward-headers-strategy=" + strategy,
            more.length == 0 ? "--x=y" : more[0],
        };
        context = new SpringApplication(TestShop.class).run(arguments);
    }

    private int statusOfMetrics(String header, String value) throws Exception {
        String port = context.getEnvironment().getProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                .timeout(Duration.ofSeconds(60))
                .header(header, value)
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
