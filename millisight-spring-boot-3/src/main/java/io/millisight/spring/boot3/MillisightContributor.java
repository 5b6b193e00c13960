package io.millisight.spring.boot3;

import io.millisight.spring.health.ActuatorBridge;
import io.millisight.spring.health.ActuatorHealth;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.NamedContributor;

/** Our checks as Actuator shows them: those that there are when it asks, from memory. */
final class MillisightContributor implements CompositeHealthContributor {

    private final ActuatorBridge bridge;

    MillisightContributor(ActuatorBridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return bridge.names().contains(name) ? indicator(name) : null;
    }

    @Override
    public Iterator<NamedContributor<HealthContributor>> iterator() {
        return bridge.names().stream()
                .map(name -> NamedContributor.<HealthContributor>of(name, indicator(name)))
                .iterator();
    }

    private HealthIndicator indicator(String name) {
        return () -> {
            ActuatorHealth health = bridge.health(name);
            return Health.status(health.status()).withDetails(health.details()).build();
        };
    }
}
