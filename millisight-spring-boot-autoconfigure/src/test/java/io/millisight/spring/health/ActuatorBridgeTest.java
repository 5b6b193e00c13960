package io.millisight.spring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.health.CheckState;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthMonitor;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import io.millisight.observe.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

/** What goes from Actuator to the monitor never comes back. */
class ActuatorBridgeTest {

    private final HealthMonitor monitor = new HealthMonitor(TimeSource.SYSTEM, List.of());
    private final ActuatorBridge bridge = new ActuatorBridge(monitor, HealthConfig.defaults());

    @AfterEach
    void close() {
        monitor.close();
    }

    @Test
    void showsChecksThatDidNotComeFromActuator() {
        monitor.add(
                HealthCheck.named("stock", timeout -> HealthResult.healthy()).build());
        bridge.take(indicator("payments", String.class));
        bridge.take(indicator("own/kind", SpringApplication.class));

        assertThat(monitor.summary().checks())
                .extracting(CheckState::name)
                .containsExactly("stock", "payments", "own-kind");
        assertThat(bridge.names()).containsExactly("stock");
        assertThat(bridge.health("stock").status()).isEqualTo("UNKNOWN");
        assertThatThrownBy(() -> bridge.health("sto")).hasMessageContaining("sto");
    }

    @Test
    void showsACheckWhoseNameAnIndicatorHasToo() {
        monitor.add(
                HealthCheck.named("payments", timeout -> HealthResult.healthy()).build());

        bridge.take(indicator("payments", String.class));

        assertThat(bridge.names()).containsExactly("payments");
    }

    @Test
    void asksTheIndicator() {
        IndicatorProbe probe = new IndicatorProbe(indicator("payments", String.class));

        assertThat(probe.check(Duration.ofSeconds(1)).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void callsAnIndicatorDownThatAnswersNull() {
        IndicatorProbe probe = new IndicatorProbe(new ActuatorIndicator("payments", String.class, () -> null));

        assertThat(probe.check(Duration.ofSeconds(1)).status()).isEqualTo(HealthStatus.DOWN);
    }

    private static ActuatorIndicator indicator(String name, Class<?> type) {
        return new ActuatorIndicator(name, type, () -> new ActuatorHealth("UP", null, Map.of()));
    }
}
