package io.millisight.spring.boot3;

import io.millisight.spring.health.ActuatorHealth;
import io.millisight.spring.health.ActuatorIndicator;
import io.millisight.spring.health.ActuatorIndicators;
import io.millisight.spring.health.ApplicationBeans;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.NamedContributor;
import org.springframework.boot.actuate.health.NamedContributors;
import org.springframework.boot.actuate.health.ReactiveHealthContributor;
import org.springframework.boot.actuate.health.ReactiveHealthIndicator;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/** The health indicators among the beans of an application of Boot 3.5, reactive ones among them; ours is left out. */
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

    private static void flatten(String name, Object contributor, Consumer<ActuatorIndicator> taker) {
        if (contributor instanceof MillisightContributor) {
            return;
        }
        if (contributor instanceof NamedContributors<?> composite) {
            for (NamedContributor<?> part : composite) {
                flatten(name + "." + part.getName(), part.getContributor(), taker);
            }
        } else if (contributor instanceof HealthIndicator indicator) {
            taker.accept(new ActuatorIndicator(name, indicator.getClass(), () -> plain(indicator.health())));
        } else if (contributor instanceof ReactiveHealthIndicator reactive) {
            taker.accept(Reactive.indicator(name, reactive));
        }
    }

    private static @Nullable ActuatorHealth plain(@Nullable Health health) {
        return health == null
                ? null
                : new ActuatorHealth(
                        health.getStatus().getCode(), health.getStatus().getDescription(), health.getDetails());
    }

    /** A class of its own, as those of Reactor may be missing. */
    private static final class Reactive {

        static ActuatorIndicator indicator(String name, ReactiveHealthIndicator indicator) {
            return new ActuatorIndicator(name, indicator.getClass(), () -> {
                Mono<Health> health = indicator.health();
                return plain(health.block());
            });
        }
    }
}
