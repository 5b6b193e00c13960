package io.millisight.spring.boot4;

import io.millisight.spring.health.ActuatorBridge;
import io.millisight.spring.health.ActuatorHealth;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

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
    public Stream<HealthContributors.Entry> stream() {
        return bridge.names().stream().map(name -> new HealthContributors.Entry(name, indicator(name)));
    }

    private HealthIndicator indicator(String name) {
        return () -> {
            ActuatorHealth health = bridge.health(name);
            return Health.status(health.status()).withDetails(health.details()).build();
        };
    }
}
