package io.millisight.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCheckTest {

    private static final HealthProbe WORKS = timeout -> HealthResult.healthy();

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "é", "a\n", "a/b"})
    void aNameIsLettersDigitsAndSomeMarks(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HealthCheck.named(name, WORKS).build())
                .withMessage("health check name: '" + name + "'; allowed: 1 to 100 letters, digits and ._-");
    }

    @Test
    void everySettingHasItsRange() {
        HealthCheck.Builder check = HealthCheck.named("a", WORKS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.interval(Duration.ofMillis(99)).build())
                .withMessage("health check a, interval: PT0.099S; allowed: PT0.1S to PT1H");
        check.interval(Duration.ofHours(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.timeout(Duration.ofMinutes(6)).build())
                .withMessage("health check a, timeout: PT6M; allowed: PT0.01S to PT5M");
        check.timeout(Duration.ofMinutes(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.degradedAbove(Duration.ZERO).build())
                .withMessage("health check a, degraded-above: PT0S; allowed: PT0.001S to PT5M");
        check.degradedAbove(null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.failures(0).build())
                .withMessage("health check a, failures: 0; allowed: 1 to 100");
        check.failures(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.successes(101).build())
                .withMessage("health check a, successes: 101; allowed: 1 to 100");
    }

    @Test
    void detailsAreBoundedInNumberAndLength() {
        HealthResult result = HealthResult.healthy().with("none", (String) null).with("nan", Double.NaN);
        assertThat(result.details()).isEmpty();
        for (int i = 0; i < 60; i++) {
            result = result.with("detail-" + i, "x".repeat(2_000));
        }
        assertThat(result.details()).hasSize(HealthResult.MAX_DETAILS);
        assertThat(result.details().values())
                .allSatisfy(value -> assertThat((String) value).hasSize(HealthResult.MAX_TEXT + 3));
        assertThat(HealthResult.down("x".repeat(2_000)).message()).hasSize(HealthResult.MAX_TEXT + 3);
    }

    @Test
    void statusesHaveWords() {
        for (HealthStatus status : HealthStatus.values()) {
            assertThat(HealthStatus.ofWord(status.word())).isEqualTo(status);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HealthStatus.ofWord("fine"))
                .withMessage("health status: fine; allowed: healthy, unknown, degraded, down");
    }

    @Test
    void theConfigurationSaysWhichChecksAreCritical() {
        HealthConfig config =
                new HealthConfig(Duration.ofSeconds(3), Duration.ofSeconds(2), Set.of("ml_models"), Map.of(), null);
        HealthCheck check = config.check("ml_models", WORKS).build();
        assertThat(check.critical()).isTrue();
        assertThat(check.interval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.check("database", WORKS).build().critical()).isFalse();
        assertThat(HealthConfig.defaults().check("database", WORKS).build().critical())
                .isTrue();
    }

    @Test
    void aUrlThatCannotBeAskedIsRefusedWithoutShowingWhatItHides() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HealthConfig(
                        second, second, Set.of(), Map.of("ml", URI.create("file:///etc/passwd")), null))
                .withMessageStartingWith("health.http.ml: a value with scheme 'file' and host none")
                .withMessageContaining("allowed: http://host[:port]... or https://host[:port]...");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new HealthConfig(second, second, Set.of(), Map.of(), URI.create("http://me:secret@cache:6379")))
                .withMessageStartingWith("health.redis: a value with scheme 'http' and host 'cache'")
                .withMessageNotContaining("secret");
    }

    @Test
    void theConfigurationHasRangesToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new HealthConfig(Duration.ofMillis(1), Duration.ofSeconds(1), Set.of(), Map.of(), null))
                .withMessage("health.interval: PT0.001S; allowed: PT0.1S to PT1H");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new HealthConfig(Duration.ofSeconds(1), Duration.ofMinutes(6), Set.of(), Map.of(), null))
                .withMessage("health.timeout: PT6M; allowed: PT0.01S to PT5M");
    }
}
