package io.millisight.spring.boot4;

import io.millisight.spring.health.ActuatorBridge;
import io.millisight.spring.health.ActuatorIndicators;
import io.millisight.spring.health.ApplicationBeans;
import io.millisight.spring.health.HealthAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Joins health checks and the health of Boot 4, where that is there. */
@AutoConfiguration(after = HealthAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthContributor")
@ConditionalOnBean(ActuatorBridge.class)
public class ActuatorAutoConfiguration {

    @Bean
    ActuatorIndicators millisightActuatorIndicators(ApplicationBeans beans) {
        return new BootIndicators(beans);
    }

    /** Its name makes Actuator show it as {@code millisight}. */
    @Bean
    @ConditionalOnEnabledHealthIndicator("millisight")
    MillisightContributor millisightHealthContributor(ActuatorBridge bridge) {
        return new MillisightContributor(bridge);
    }
}
