package io.millisight.spring.health;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import java.time.Duration;

/** Asks a health indicator. It knows of no timeout: the monitor cuts it off. */
final class IndicatorProbe implements HealthProbe {

    private final ActuatorIndicator indicator;

    IndicatorProbe(ActuatorIndicator indicator) {
        this.indicator = indicator;
    }

    @Override
    public HealthResult check(Duration timeout) {
        ActuatorHealth health = indicator.health().get();
        return health == null ? HealthResult.down("the indicator returned null") : health.result();
    }
}
