package io.millisight.spring.boot4;

import io.millisight.spring.health.ActuatorHealth;
import io.millisight.spring.health.ActuatorIndicator;
import io.millisight.spring.health.ActuatorIndicators;
import io.millisight.spring.health.ApplicationBeans;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.util.ClassUtils;

/** The health indicators among the beans of an application of Boot 4, reactive ones among them; ours is left out. */
final class BootIndicators implements ActuatorIndicators {

    private final ApplicationBeans beans;

    BootIndicators(ApplicationBeans beans) {
        this.beans = beans;
    }

    @Override
    public void forEach(Consumer<ActuatorIndicator> taker) {
        beans.forEach(
                HealthContributor.class,
                (bean, contributor) -> flatten(ActuatorIndicator.nameOf(bean), contributor, taker));
        if (ClassUtils.isPresent("reactor.core.publisher.Mono", getClass().getClassLoader())) {
            beans.forEach(
                    ReactiveHealthContributor.class,
                    (bean, contributor) -> flatten(ActuatorIndicator.nameOf(bean), contributor, taker));
        }
    }

    private static void flatten(String name, HealthContributor contributor, Consumer<ActuatorIndicator> taker) {
        if (contributor instanceof MillisightContributor) {
            return;
        }
        if (contributor instanceof CompositeHealthContributor composite) {
            composite.stream().forEach(part -> flatten(name + "." + part.name(), part.contributor(), taker));
        } else if (contributor instanceof HealthIndicator indicator) {
            taker.accept(indicator(name, indicator.getClass(), indicator));
        }
    }

    /** By Boot's own adapter, which waits for the answer. */
    private static void flatten(String name, ReactiveHealthContributor reactive, Consumer<ActuatorIndicator> taker) {
        if (reactive instanceof CompositeReactiveHealthContributor composite) {
            composite.stream().forEach(part -> flatten(name + "." + part.name(), part.contributor(), taker));
        } else if (reactive.asHealthContributor() instanceof HealthIndicator indicator) {
            taker.accept(indicator(name, reactive.getClass(), indicator));
        }
    }

    private static ActuatorIndicator indicator(String name, Class<?> type, HealthIndicator indicator) {
        return new ActuatorIndicator(name, type, () -> plain(indicator.health()));
    }

    private static @Nullable ActuatorHealth plain(@Nullable Health health) {
        return health == null
                ? null
                : new ActuatorHealth(
                        health.getStatus().getCode(), health.getStatus().getDescription(), health.getDetails());
    }
}
