package io.millisight.spring.boot3;

import io.millisight.spring.health.BothWays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.CompositeReactiveHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.NamedContributor;
import org.springframework.boot.actuate.health.ReactiveHealthContributor;
import org.springframework.boot.actuate.health.ReactiveHealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

class BothWaysOnBoot3Test extends BothWays {

    @Override
    protected Class<?> indicators() {
        return Indicators.class;
    }

    @Override
    protected Class<?> hanging() {
        return Hanging.class;
    }

    @Override
    protected Class<?> failing() {
        return Failing.class;
    }

    @Configuration(proxyBeanMethods = false)
    static class Indicators {

        @Bean
        HealthIndicator paymentsHealthIndicator() {
            return () -> Health.up()
                    .withDetail("queue", 7)
                    .withDetail("open", true)
                    .withDetail("bank", Map.of("name", "first"))
                    .build();
        }

        @Bean
        HealthContributor partsHealthContributor() {
            HealthIndicator left =
                    () -> Health.down(new IllegalStateException("out of paper")).build();
            HealthIndicator right =
                    () -> Health.status(new Status("WOBBLY", "since noon")).build();
            return CompositeHealthContributor.fromMap(Map.of("left", left, "right", right));
        }

        @Bean
        HealthIndicator closed() {
            return () -> Health.outOfService().build();
        }

        @Bean
        ReactiveHealthIndicator fluxHealthIndicator() {
            return () -> Mono.just(Health.up().build());
        }

        @Bean
        ReactiveHealthContributor streams() {
            ReactiveHealthIndicator one = () -> Mono.just(Health.unknown().build());
            return CompositeReactiveHealthContributor.fromMap(Map.of("one", one));
        }

        @Bean
        ReactiveHealthIndicator nothingHealthIndicator() {
            return Mono::empty;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Hanging {

        @Bean
        HealthIndicator endlessHealthIndicator() {
            CountDownLatch never = new CountDownLatch(1);
            return () -> {
                while (true) {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        // The worst there is: one that does not give up.
                    }
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        HealthContributor brokenHealthContributor() {
            return new CompositeHealthContributor() {

                @Override
                public HealthContributor getContributor(String name) {
                    throw new IllegalStateException("not told");
                }

                @Override
                public Iterator<NamedContributor<HealthContributor>> iterator() {
                    throw new IllegalStateException("not told");
                }
            };
        }
    }
}
