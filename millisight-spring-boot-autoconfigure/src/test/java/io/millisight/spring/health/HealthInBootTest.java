package io.millisight.spring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.sqlite.SQLiteDataSource;

/** A started application whose database is a file that can be taken away. */
class HealthInBootTest {

    @TempDir
    private Path folder;

    @Test
    void watchesDatabaseAndChecksWithoutAnyCode() throws Exception {
        Path database = Files.createDirectory(folder.resolve("data"));
        try (RunningService service = start(database)) {
            service.awaitCheck("database", "healthy");
            assertThat(service.awaitCheck("stock", "degraded")).containsEntry("message", "two shelves are empty");
            assertThat(service.get("/health").statusCode()).isEqualTo(200);

            Files.move(database, folder.resolve("gone"));
            Map<String, Object> down = service.awaitCheck("database", "down");
            assertThat(down).containsEntry("critical", true);
            assertThat(service.get("/health").statusCode()).isEqualTo(503);

            Files.move(folder.resolve("gone"), database);
            service.awaitCheck("database", "healthy");
            assertThat(service.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void findsTheBeansOfALazyApplication() throws Exception {
        Path database = Files.createDirectory(folder.resolve("data"));
        try (RunningService service = start(database, "--spring.main.lazy-initialization=true")) {
            service.awaitCheck("database", "healthy");
            service.awaitCheck("stock", "degraded");
        }
    }

    private static RunningService start(Path database, String... settings) {
        List<String> all = new ArrayList<>(List.of("--database=" + database.resolve("shop.db")));
        all.addAll(List.of(settings));
        return RunningService.start(all, Shop.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
                "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            })
    static class Shop {

        @Bean
        DataSource dataSource(@Value("${database}") String file) {
            SQLiteDataSource dataSource = new SQLiteDataSource();
            dataSource.setUrl("jdbc:sqlite:" + file);
            return dataSource;
        }

        @Bean
        HealthCheck stock() {
            return HealthCheck.named("stock", timeout -> HealthResult.degraded("two shelves are empty"))
                    .build();
        }
    }
}
