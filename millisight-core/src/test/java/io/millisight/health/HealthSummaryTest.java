package io.millisight.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthSummaryTest {

    /** An exclamation mark makes a check critical, a question mark stale. */
    @ParameterizedTest
    @CsvSource({
        "'', HEALTHY, true",
        "HEALTHY HEALTHY!, HEALTHY, true",
        "HEALTHY DEGRADED, DEGRADED, true",
        "HEALTHY DEGRADED!, DEGRADED, true",
        "HEALTHY DOWN, DEGRADED, true",
        "HEALTHY DOWN!, DOWN, false",
        "DEGRADED DOWN!, DOWN, false",
        "HEALTHY UNKNOWN, UNKNOWN, true",
        "HEALTHY UNKNOWN!, UNKNOWN, false",
        "UNKNOWN DOWN, DEGRADED, true",
        "HEALTHY!?, UNKNOWN, false",
        "DOWN!?, UNKNOWN, false",
        "DOWN?, UNKNOWN, true",
    })
    void theServiceIsAsItsChecksAre(String checks, HealthStatus status, boolean ready) {
        List<CheckState> states = Arrays.stream(checks.split(" ", -1))
                .filter(check -> !check.isEmpty())
                .map(HealthSummaryTest::state)
                .toList();
        HealthSummary summary = new HealthSummary(0, states);

        assertThat(summary.status()).isEqualTo(status);
        assertThat(summary.ready()).isEqualTo(ready);
    }

    private static CheckState state(String text) {
        HealthStatus status = HealthStatus.valueOf(text.replaceAll("[!?]", ""));
        return new CheckState(
                "a",
                text.contains("!"),
                Duration.ofSeconds(10),
                status,
                1,
                status,
                null,
                Map.of(),
                1,
                1,
                text.contains("?"));
    }
}
