package io.millisight.spring.health;

import static io.millisight.spring.health.RunningService.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.sqlite.SQLiteDataSource;

/** What holds between our checks and Actuator, on each Boot: a started application with a pool over SQLite. */
public abstract class BothWays {

    @TempDir
    private Path folder;

    /** Beans of this Boot: see the names in the tests. */
    protected abstract Class<?> indicators();

    /** A bean {@code endlessHealthIndicator} that hangs. */
    protected abstract Class<?> hanging();

    /** A bean {@code brokenHealthContributor}, a composite that does not tell its parts. */
    protected abstract Class<?> failing();

    @Test
    void takesTheApplicationsIndicatorsForChecks() {
        try (RunningService service = start(List.of(), Shop.class, indicators())) {
            Map<String, Object> payments = service.awaitCheck("payments", "healthy");
            assertThat(object(payments, "details"))
                    .containsEntry("queue", 7L)
                    .containsEntry("open", true)
                    .containsEntry("bank.name", "first");
            Map<String, Object> left = service.awaitCheck("parts.left", "down");
            assertThat(left).containsEntry("message", "java.lang.IllegalStateException: out of paper");
            Map<String, Object> right = service.awaitCheck("parts.right", "degraded");
            assertThat(right).containsEntry("message", "status WOBBLY: since noon");
            service.awaitCheck("closed", "down");
            service.awaitCheck("nothing", "down");
            service.awaitCheck("flux", "healthy");
            service.awaitCheck("streams.one", "unknown");
        }
    }

    @Test
    void showsDatabaseChecksAndIndicatorsSideBySide() {
        try (RunningService service = start(List.of(), Shop.class, indicators())) {
            assertThat(service.checks()).contains("millisight", "database", "stock", "payments");
            service.awaitCheck("database", "healthy");
            service.awaitCheck("stock", "healthy");
        }
    }

    @Test
    void showsOurChecksInActuatorButNotThoseThatCameFromIt() {
        try (RunningService service = start(List.of(), Shop.class, indicators())) {
            Map<String, Object> database = service.awaitComponent(
                    "database",
                    component -> "healthy".equals(object(component, "details").get("status")));

            assertThat(database).containsEntry("status", "UP");
            assertThat(object(database, "details")).containsKeys("response_time_ms", "checked_at");
            Map<String, Object> components =
                    object(object(object(service.json("/actuator/health"), "components"), "millisight"), "components");
            assertThat(components)
                    .containsKeys("database", "stock", "millisight")
                    .doesNotContainKeys("payments", "parts.left", "flux");
            assertThat(service.get("/actuator/health/millisight/payments").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void runsInNoCircle() {
        try (RunningService service = start(List.of(), Shop.class, indicators())) {
            Set<String> first = service.checks();
            for (int call = 0; call < 5; call++) {
                service.get("/actuator/health");
                assertThat(service.checks()).isEqualTo(first);
            }
            assertThat(first).noneMatch(name -> name.startsWith("millisight."));
        }
    }

    @Test
    void leavesOutWhatIsCheckedAlreadyAndWhatAsksNobody() {
        try (RunningService service =
                start(List.of("--management.endpoint.health.probes.enabled=true"), Shop.class, indicators())) {
            assertThat(object(service.json("/actuator/health"), "components"))
                    .containsKeys("db", "ping", "diskSpace", "livenessState", "readinessState");
            assertThat(service.checks())
                    .doesNotContain("db", "ping", "diskSpace", "livenessState", "readinessState")
                    .contains("payments");
        }
    }

    @Test
    void isDelayedByNoIndicatorThatHangs() {
        try (RunningService service =
                start(List.of("--millisight.health.timeout=100ms"), Shop.class, indicators(), hanging())) {
            Map<String, Object> endless = service.awaitCheck("endless", "down");

            assertThat(endless.get("message")).asString().contains("no answer within");
            service.awaitCheck("payments", "healthy");
            assertThat(service.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void startsWithoutIndicatorsThatCannotBeRead() {
        try (RunningService service = start(List.of(), Shop.class, failing())) {
            service.awaitCheck("stock", "healthy");
            assertThat(service.checks()).doesNotContain("broken");
            assertThat(service.log()).contains("brokenHealthContributor cannot be read");
        }
    }

    @Test
    void turnsActuatorDownForACriticalCheckOnly() {
        try (RunningService service = start(List.of(), Ill.class)) {
            service.awaitCheck("database", "healthy"); // It is critical, and its pool may be slow to begin.
            service.awaitCheck("nice-to-have", "down");
            var answer = service.get("/actuator/health");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

            service.millisight()
                    .health()
                    .add(HealthCheck.named("vital", timeout -> HealthResult.down("gone"))
                            .critical(true)
                            .build());
            service.awaitCheck("vital", "down");

            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void tellsActuatorWhichChecksAreIll() {
        try (RunningService service = start(List.of(), Ill.class)) {
            Map<String, Object> component = service.awaitComponent(
                    "nice-to-have",
                    answer -> HealthStatus.DOWN.word().equals(object(answer, "details").get("status")));

            assertThat(component).containsEntry("status", "UNKNOWN");
            assertThat(object(component, "details")).containsEntry("message", "missing");
        }
    }

    @Test
    void checksWithoutActuatorsEndpoint() {
        try (RunningService service =
                start(List.of("--management.endpoint.health.access=none"), Shop.class, indicators())) {
            service.awaitCheck("payments", "healthy");
            service.awaitCheck("database", "healthy");
            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void staysOutOfActuatorWhenToldTo() {
        try (RunningService service = start(List.of("--management.health.millisight.enabled=false"), Shop.class)) {
            assertThat(object(service.json("/actuator/health"), "components"))
                    .containsKey("db")
                    .doesNotContainKey("millisight");
        }
    }

    @Test
    void leavesNothingInActuatorWhenDisabled() {
        try (RunningService service = start(List.of("--millisight.enabled=false"), Shop.class, indicators())) {
            assertThat(object(service.json("/actuator/health"), "components"))
                    .containsKeys("db", "payments")
                    .doesNotContainKey("millisight");
            assertThat(service.context().getBeanNamesForType(ActuatorIndicators.class))
                    .isEmpty();
            assertThat(service.get("/health").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void checksSeveralDatabases() {
        try (RunningService service = start(List.of(), Databases.class)) {
            service.awaitCheck("database", "healthy");
            service.awaitCheck("database.reports", "healthy");
            assertThat(service.checks()).noneMatch(name -> name.startsWith("db"));
            service.awaitComponent("database.reports", component -> "UP".equals(component.get("status")));
        }
    }

    @Test
    void letsActuatorsOwnHealthWinWhereItHasOurPath() {
        try (RunningService service = start(List.of("--management.endpoints.web.base-path=/"), Shop.class)) {
            assertThat(service.json("/health")).containsKey("components");
            assertThat(service.log()).contains("/health is mapped by the application");
            assertThat(service.get("/health/history").statusCode()).isNotEqualTo(500);
        }
    }

    private RunningService start(List<String> settings, Class<?>... sources) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.datasource.url=jdbc:sqlite:" + folder.resolve("shop.db"),
                "--management.endpoint.health.show-details=always",
                // Where Redis is on the class path for another test: there is none here, and Actuator would be down.
                "--spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration,"
                        + "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"));
        all.addAll(settings);
        return RunningService.start(all, sources);
    }

    /** With Boot's own pool. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        @Bean
        HealthCheck stock() {
            return HealthCheck.named("stock", timeout -> HealthResult.healthy().with("shelves", 12))
                    .build();
        }

        @Bean
        HealthCheck disk() {
            return HealthCheck.named("disk", timeout -> HealthResult.healthy()).build();
        }
    }

    /** Without Redis, which Boot's own indicator would call down. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
    static class Ill {

        @Bean
        HealthCheck niceToHave() {
            return HealthCheck.named("nice-to-have", timeout -> HealthResult.down("missing"))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Databases {

        @Bean
        @Primary
        DataSource orders() {
            return inMemory();
        }

        @Bean
        DataSource reports() {
            return inMemory();
        }

        private static DataSource inMemory() {
            SQLiteDataSource dataSource = new SQLiteDataSource();
            dataSource.setUrl("jdbc:sqlite::memory:");
            return dataSource;
        }
    }
}
