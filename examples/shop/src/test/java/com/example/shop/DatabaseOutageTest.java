package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shop on a real PostgreSQL that is stopped and started again, as {@code ./demo --postgres} and a reader see it. */
class DatabaseOutageTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path data;

    @Test
    void healthTurnsWithTheDatabaseAndHistoryKnows() throws Exception {
        EmbeddedPostgres server = startDatabase(0);
        int port = server.getPort();
        try (ConfigurableApplicationContext shop = startShop(port)) {
            awaitHealth(shop, 200, "healthy");
            assertThat(get(shop, "/api/products/1").statusCode()).isEqualTo(200);

            server.close();
            JsonNode down = awaitHealth(shop, 503, "down");
            assertThat(down.path("status").asString()).isEqualTo("down");
            assertThat(down.path("checks").path("database").path("message").asString())
                    .isNotBlank();
            assertThat(get(shop, "/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(shop, "/health/live").statusCode()).isEqualTo(200);

            server = startDatabase(port);
            awaitHealth(shop, 200, "healthy");
            assertThat(get(shop, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(shop, "/api/products/1").statusCode()).isEqualTo(200);

            JsonNode history = json(get(shop, "/health/history?check=database"))
                    .path("checks")
                    .path(0);
            assertThat(turns(history)).containsSubsequence("healthy", "down", "healthy");
            assertThat(history.path("uptime").asDouble()).isBetween(0.01, 0.999);
            assertThat(json(get(shop, "/metrics")).path("alerts").toString()).contains("\"kind\":\"health\"");
        } finally {
            server.close();
        }
    }

    private EmbeddedPostgres startDatabase(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
    }

    private ConfigurableApplicationContext startShop(int databasePort) {
        return SpringApplication.run(
                ShopApplication.class,
                "--server.port=0",
                "--shop.database-url=jdbc:postgresql://localhost:" + databasePort + "/postgres",
                "--spring.sql.init.platform=postgresql",
                "--shop.data-dir=" + data.resolve("shop"),
                "--millisight.data-dir=" + data.resolve("millisight"),
                "--millisight.health.interval=200ms");
    }

    private JsonNode awaitHealth(ConfigurableApplicationContext shop, int status, String database) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            HttpResponse<String> answer = get(shop, "/health");
            JsonNode health = json(answer);
            if (answer.statusCode() == status
                    && health.path("checks")
                            .path("database")
                            .path("status")
                            .asString()
                            .equals(database)) {
                return health;
            }
            assertThat(System.nanoTime() - deadline).as(answer.body()).isNegative();
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static List<String> turns(JsonNode history) {
        List<String> oldestFirst = new ArrayList<>();
        history.path("transitions")
                .forEach(turn -> oldestFirst.add(0, turn.path("to").asString()));
        return oldestFirst;
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
