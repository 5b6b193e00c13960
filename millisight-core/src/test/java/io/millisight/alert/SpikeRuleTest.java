package io.millisight.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpikeRuleTest {

    @Test
    void defaultsAreTheDocumentedOnes() {
        assertThat(SpikeRule.defaults())
                .isEqualTo(new SpikeRule(2, 0.9, 50, Duration.ofMinutes(5), Duration.ofMillis(10)));
    }

    @ParameterizedTest(name = "{5}")
    @CsvSource({
        "1, 0.9, 50, PT5M, PT0S, alert.factor: 1.0; allowed: above 1 to 1000",
        "1001, 0.9, 50, PT5M, PT0S, alert.factor: 1001.0; allowed: above 1 to 1000",
        "NaN, 0.9, 50, PT5M, PT0S, alert.factor: NaN; allowed: above 1 to 1000",
        "2, -0.1, 50, PT5M, PT0S, alert.baseline-weight: -0.1; allowed: 0 to below 1",
        "2, 1, 50, PT5M, PT0S, alert.baseline-weight: 1.0; allowed: 0 to below 1",
        "2, 0.9, 0, PT5M, PT0S, alert.minimum-requests: 0; allowed: at least 1",
        "2, 0.9, 50, PT-1S, PT0S, alert.cooldown: PT-1S; allowed: PT0S to PT24H",
        "2, 0.9, 50, PT25H, PT0S, alert.cooldown: PT25H; allowed: PT0S to PT24H",
        "2, 0.9, 50, PT5M, PT-1S, alert.floor: PT-1S; allowed: PT0S to PT1H",
        "2, 0.9, 50, PT5M, PT2H, alert.floor: PT2H; allowed: PT0S to PT1H",
    })
    void refusesAValueNamingSettingValueAndWhatIsAllowed(
            double factor, double weight, int minimum, Duration cooldown, Duration floor, String message) {
        assertThatThrownBy(() -> new SpikeRule(factor, weight, minimum, cooldown, floor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
