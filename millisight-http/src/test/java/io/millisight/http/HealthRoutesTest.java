package io.millisight.http;

import static io.millisight.http.RecordingExchange.object;
import static io.millisight.http.RecordingExchange.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.CheckState;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthRoutesTest {

    @RegisterExtension
    final MonitoredService service = MonitoredService.onRealTime();

    private volatile HealthResult answer =
            HealthResult.healthy().with("pool", 3L).with("version", "16.2");

    @Test
    void aCheckIsShownWithAllThatIsKnown() {
        add("database", true);
        untilFound("database", HealthStatus.HEALTHY);

        RecordingExchange sent = service.get("/health");
        assertThat(sent.status()).isEqualTo(200);
        assertThat(sent.json())
                .containsEntry("service", "shop")
                .containsEntry("instance", "shop-1")
                .containsKey("timestamp");
        assertThat(check("database"))
                .containsEntry("status", "healthy")
                .containsEntry("observed", "healthy")
                .containsEntry("message", null)
                .containsEntry("stale", false)
                .containsEntry("critical", true)
                .containsEntry("details", Map.of("pool", 3.0, "version", "16.2"))
                .containsKeys("since", "response_time_ms", "checked_at");
    }

    @Test
    void beforeTheFirstRunNothingIsKnown() {
        service.millisight
                .health()
                .add(HealthCheck.named("database", hangs())
                        .interval(Duration.ofMillis(100))
                        .build());
        assertThat(check("database"))
                .containsEntry("status", "unknown")
                .containsEntry("response_time_ms", null)
                .containsEntry("checked_at", null);
        assertThat(service.get("/health").json()).containsEntry("status", "unknown");
        assertThat(service.get("/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "HEALTHY, true, 200, healthy, 200",
        "DEGRADED, true, 200, degraded, 200",
        "DOWN, true, 503, down, 503",
        "DOWN, false, 200, degraded, 200",
    })
    void theServiceIsAsItsChecksAreAndOnlyACriticalOneMakesIt503(
            HealthStatus found, boolean critical, int status, String word, int readyStatus) {
        answer = new HealthResult(found, "why", Map.of());
        add("database", critical);
        untilFound("database", found);
        untilAllHaveRun();

        assertThat(service.get("/health").status()).isEqualTo(status);
        assertThat(service.get("/health").json()).containsEntry("status", word);
        assertThat(service.get("/health/ready").status()).isEqualTo(readyStatus);
        assertThat(service.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void readinessNamesTheCriticalChecks() {
        answer = HealthResult.down("refused");
        add("database", true);
        add("cache", false);
        untilFound("database", HealthStatus.DOWN);

        RecordingExchange ready = service.get("/health/ready");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.json()).containsEntry("status", "down").containsEntry("checks", Map.of("database", "down"));
    }

    @Test
    void whatIsCriticalAndNotKnownYetIsNotReady() {
        service.millisight
                .health()
                .add(HealthCheck.named("database", hangs()).critical(true).build());
        assertThat(service.get("/health/ready").status()).isEqualTo(503);
    }

    @Test
    void livenessLooksAtNoDependency() {
        answer = HealthResult.down("refused");
        add("database", true);
        untilFound("database", HealthStatus.DOWN);

        assertThat(service.get("/health/live").json()).isEqualTo(Map.of("status", "healthy"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready"})
    void aStrangerSeesTheStatusAlone(String path) {
        add("database", true);
        untilFound("database", HealthStatus.HEALTHY);
        untilAllHaveRun();

        RecordingExchange sent = service.send(RecordingExchange.get(path).from("192.0.2.7"));
        assertThat(sent.status()).isEqualTo(200);
        assertThat(sent.json()).isEqualTo(Map.of("status", "healthy"));
    }

    @Test
    void aStrangerSeesThatTheServiceIsDown() {
        answer = HealthResult.down("refused");
        add("database", true);
        untilFound("database", HealthStatus.DOWN);

        RecordingExchange sent = service.send(RecordingExchange.get("/health").from("192.0.2.7"));
        assertThat(sent.status()).isEqualTo(503);
        assertThat(sent.json()).isEqualTo(Map.of("status", "down"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/history", "/health/history?hours=0"})
    void aStrangerSeesNoHistory(String target) {
        assertThat(service.send(RecordingExchange.get(target).from("192.0.2.7")).status())
                .isEqualTo(403);
    }

    @Test
    void onlyExactPathsOfHealthAreOurs() {
        assertThat(service.http.owns("/health")).isTrue();
        assertThat(service.http.owns("/health/history")).isTrue();
        assertThat(service.http.owns("/health/database")).isFalse();
        assertThat(service.http.owns("/health/")).isFalse();
        assertThat(service.http.owns("/healthy")).isFalse();
    }

    @Test
    void historyHasTransitionsAndTheShareOfTimeThatACheckWasUp() {
        add("database", true);
        untilFound("database", HealthStatus.HEALTHY);
        answer = HealthResult.down("refused").with("port", 5432L);
        untilFound("database", HealthStatus.DOWN);

        Map<String, Object> history =
                service.get("/health/history?check=database&hours=1").json();
        assertThat(history).containsEntry("hours", 1.0).containsKeys("from", "to");
        Map<String, Object> database = objects(history.get("checks")).get(0);
        assertThat(database)
                .containsEntry("check", "database")
                .containsEntry("instance", "shop-1")
                .containsEntry("transition_count", 2.0);
        List<Map<String, Object>> transitions = objects(database.get("transitions"));
        assertThat(transitions.get(0))
                .containsEntry("from", "healthy")
                .containsEntry("to", "down")
                .containsEntry("message", "refused")
                .containsEntry("details", Map.of("port", 5432.0));
        assertThat(transitions.get(1)).containsEntry("from", "unknown").containsEntry("to", "healthy");
        Map<String, Object> seconds = object(database.get("seconds"));
        double healthy = (Double) seconds.get("healthy");
        double down = (Double) seconds.get("down");
        assertThat(healthy).isPositive();
        assertThat(down).isNotNegative();
        assertThat((Double) database.get("uptime")).isBetween(0.0, 1.0);
    }

    @Test
    void aTurnIsAnAlertBesideTheSpikes() {
        add("database", true);
        untilFound("database", HealthStatus.HEALTHY);
        answer = HealthResult.down("refused");
        untilFound("database", HealthStatus.DOWN);

        assertThat(objects(service.get("/metrics").json().get("alerts")))
                .singleElement()
                .satisfies(alert -> assertThat(alert)
                        .containsEntry("kind", "health")
                        .containsEntry("check", "database")
                        .containsEntry("from", "healthy")
                        .containsEntry("to", "down")
                        .containsEntry("message", "refused")
                        .containsEntry("turns", 1.0)
                        .containsKeys("timestamp", "response_time_ms"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "721", "abc", ""})
    void hoursHaveARange(String hours) {
        RecordingExchange sent = service.get("/health/history?hours=" + hours);
        assertThat(sent.status()).isEqualTo(400);
        assertThat(sent.json())
                .containsEntry("parameter", "hours")
                .containsEntry("allowed", "a whole number from 1 to 720");
    }

    private void add(String name, boolean critical) {
        service.millisight
                .health()
                .add(HealthCheck.named(name, timeout -> answer)
                        .critical(critical)
                        .interval(Duration.ofMillis(100))
                        .failures(1)
                        .successes(1)
                        .build());
    }

    private static HealthProbe hangs() {
        return timeout -> {
            new CountDownLatch(1).await();
            return HealthResult.healthy();
        };
    }

    private Map<String, Object> check(String name) {
        return object(object(service.get("/health").json().get("checks")).get(name));
    }

    private void untilFound(String name, HealthStatus status) {
        until(states -> states.stream()
                .anyMatch(state -> state.name().equals(name) && state.hasRun() && state.status() == status));
    }

    private void untilAllHaveRun() {
        until(states -> states.stream().allMatch(CheckState::hasRun));
    }

    /** The monitor runs by itself: what it finds is there before long. */
    private void until(Predicate<List<CheckState>> seen) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!seen.test(service.millisight.health().summary().checks())) {
            assertThat(System.nanoTime() - deadline)
                    .as("nothing came of it: %s", service.millisight.health().summary())
                    .isNegative();
            LockSupport.parkNanos(5_000_000);
        }
    }
}
