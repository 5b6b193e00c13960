package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the one dependency gives the shop; {@code ./demo --verify} is the long version. One client, one connection. */
class WatchedShopTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path data;

    @Test
    void timesCountsAndKeepsEveryRequestAndKnowsThemAfterARestart() throws Exception {
        List<String> paths =
                List.of("/api/products/1", "/api/products/2", "/products/1", "/api/stock/1", "/shop.css", "/nowhere");
        try (var shop = start()) {
            for (String path : paths) {
                assertThat(get(shop, path).headers().allValues("X-Response-Time"))
                        .as(path)
                        .singleElement()
                        .asString()
                        .matches("\\d+\\.\\d\\dms");
            }

            JsonNode metrics = json(get(shop, "/metrics"));

            assertThat(metrics.path("total_requests").asInt()).isEqualTo(paths.size());
            assertThat(metrics.path("endpoint_breakdown")
                            .path("GET /api/products/{id}")
                            .path("count")
                            .asInt())
                    .isEqualTo(2);
        }
        try (var shop = start()) {
            JsonNode report = json(get(shop, "/metrics/performance?hours=1"));
            JsonNode stored = json(get(shop, "/metrics/requests")).path("requests");

            assertThat(report.path("total_requests").asInt()).isEqualTo(paths.size() + 1);
            assertThat(StreamSupport.stream(stored.spliterator(), false)
                            .map(request -> request.path("status").asInt()))
                    .startsWith(200, 200) // the report, and the metrics of the first life
                    .endsWith(404, 200, 200, 301, 200, 200);
        }
    }

    @Test
    void checksTheShopsDatabaseWithoutAnyCode() throws Exception {
        try (var shop = start()) {
            JsonNode checks = json(get(shop, "/health")).path("checks");

            assertThat(checks.path("database").path("critical").asBoolean()).isTrue();
        }
    }

    private ConfigurableApplicationContext start() {
        return SpringApplication.run(
                ShopApplication.class,
                "--server.port=0",
                "--shop.data-dir=" + data.resolve("shop"),
                "--millisight.data-dir=" + data.resolve("millisight"));
    }

    private HttpResponse<String> get(ConfigurableApplicationContext shop, String path) throws Exception {
        String port = shop.getEnvironment().getRequiredProperty("local.server.port");
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return new JsonMapper().readTree(answer.body());
    }
}
