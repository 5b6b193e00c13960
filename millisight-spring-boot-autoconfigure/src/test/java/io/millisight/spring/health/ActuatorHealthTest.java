package io.millisight.spring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.CheckState;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a health of Actuator's is as a result, and what a check is to Actuator. */
class ActuatorHealthTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "UP, -, -, HEALTHY, -",
                "UP, fine, -, HEALTHY, fine",
                "DOWN, '', -, DOWN, -",
                "DOWN, no paper, -, DOWN, no paper",
                "DOWN, no paper, 'java.io.IOException: jam', DOWN, 'java.io.IOException: jam'",
                "OUT_OF_SERVICE, -, -, DOWN, status OUT_OF_SERVICE",
                "UNKNOWN, -, -, UNKNOWN, -",
                "FATAL, -, -, DEGRADED, status FATAL",
                "FATAL, at noon, -, DEGRADED, status FATAL: at noon",
            })
    void tellsStatusAndReason(String status, String description, String error, HealthStatus ours, String message) {
        Map<String, Object> details = new HashMap<>();
        details.put("error", error);

        HealthResult result = new ActuatorHealth(status, description, details).result();

        assertThat(result.status()).isEqualTo(ours);
        assertThat(result.message()).isEqualTo(message);
        assertThat(result.details()).isEmpty();
    }

    @Test
    void keepsDetailsOfEveryTypeAsTextNumberOrFlag() {
        HealthResult result = details(Map.of(
                "int",
                1,
                "long",
                2L,
                "decimal",
                new BigDecimal("2.5"),
                "flag",
                true,
                "text",
                "x",
                "list",
                List.of("a", 1),
                "array",
                new String[] {"a"},
                "within",
                Map.of("deeper", Map.of("still", 3)),
                "other",
                Duration.ofSeconds(1)));

        assertThat(result.details())
                .containsEntry("int", 1L)
                .containsEntry("long", 2L)
                .containsEntry("decimal", 2.5)
                .containsEntry("flag", true)
                .containsEntry("text", "x")
                .containsEntry("list", "a, 1")
                .containsEntry("array", "{a}")
                .containsEntry("within.deeper.still", 3L)
                .containsEntry("other", "PT1S")
                .hasSize(9);
    }

    @Test
    void endsInADetailThatHoldsItself() {
        Map<String, Object> endless = new HashMap<>();
        endless.put("itself", endless);
        endless.put("figure", 1);

        assertThat(details(endless).details()).containsEntry("figure", 1L).containsEntry("itself.figure", 1L);
    }

    @Test
    void saysOfADetailThatItCannotBeShown() {
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("not now");
            }
        };

        assertThat(details(Map.of("broken", broken)).details())
                .containsEntry("broken", "not shown: IllegalStateException");
    }

    @ParameterizedTest
    @CsvSource({
        "HEALTHY, true, false, UP, healthy",
        "DEGRADED, true, false, UP, degraded",
        "DOWN, true, false, DOWN, down",
        "DOWN, false, false, UNKNOWN, down",
        "UNKNOWN, true, false, UNKNOWN, unknown",
        "DOWN, true, true, UNKNOWN, unknown",
    })
    void turnsActuatorForACriticalCheckAlone(
            HealthStatus status, boolean critical, boolean stale, String theirs, String word) {
        ActuatorHealth health = ActuatorHealth.of(check(status, critical, stale, 1_000_000));

        assertThat(health.status()).isEqualTo(theirs);
        assertThat(health.details()).containsEntry("status", word);
        assertThat(health.details().containsKey("stale")).isEqualTo(stale);
    }

    @Test
    void showsWhatTheCheckFound() {
        ActuatorHealth health = ActuatorHealth.of(check(HealthStatus.DEGRADED, false, false, 1_000_000));

        assertThat(health.details())
                .containsEntry("message", "slow")
                .containsEntry("response_time_ms", 1.235)
                .containsEntry("checked_at", "1970-01-01T00:00:01Z")
                .containsEntry("pool_active", 3L);
    }

    @Test
    void showsNoTimesBeforeTheFirstRun() {
        ActuatorHealth health = ActuatorHealth.of(check(HealthStatus.UNKNOWN, false, false, 0));

        assertThat(health.details()).doesNotContainKeys("response_time_ms", "checked_at");
    }

    @ParameterizedTest
    @CsvSource({
        "paymentsHealthIndicator, payments",
        "dbHealthContributor, db",
        "payments, payments",
        "HealthIndicator, HealthIndicator",
        "mailHEALTHINDICATOR, mail",
    })
    void namesIndicatorsAsActuatorDoes(String bean, String name) {
        assertThat(ActuatorIndicator.nameOf(bean)).isEqualTo(name);
    }

    private static HealthResult details(Map<String, Object> details) {
        return new ActuatorHealth("UP", null, details).result();
    }

    private static CheckState check(HealthStatus status, boolean critical, boolean stale, long checkedAtMicros) {
        return new CheckState(
                "database",
                critical,
                Duration.ofSeconds(10),
                status,
                0,
                status,
                "slow",
                Map.of("pool_active", 3L, "status", "the check's own"),
                1_234_567,
                checkedAtMicros,
                stale);
    }
}
