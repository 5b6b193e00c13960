package io.millisight.spring.health;

import io.millisight.Millisight;
import io.millisight.spring.InstanceAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Adds what the application has to the health checks, whoever made the {@link Millisight}. */
@AutoConfiguration(after = InstanceAutoConfiguration.class)
@ConditionalOnBean(Millisight.class)
@ConditionalOnProperty(name = "millisight.enabled", matchIfMissing = true)
public class HealthAutoConfiguration {

    @Bean
    ApplicationBeans millisightApplicationBeans(ConfigurableListableBeanFactory beans) {
        return new ApplicationBeans(beans);
    }

    @Bean
    ActuatorBridge millisightActuatorBridge(Millisight millisight) {
        return new ActuatorBridge(millisight.health(), millisight.config().health());
    }

    @Bean
    HealthBeans millisightHealthBeans(
            Millisight millisight,
            ApplicationBeans beans,
            ActuatorBridge bridge,
            ObjectProvider<ActuatorIndicators> indicators) {
        return new HealthBeans(millisight, beans, bridge, indicators);
    }
}
