package io.millisight.spring.health;

import io.millisight.Millisight;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthMonitor;
import io.millisight.health.probe.DatabaseProbe;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * Adds to the monitor what the application has, once all its beans are there: its own checks first, as a name belongs to
 * whoever takes it first; then databases and Redis; then what is left of Actuator's indicators.
 */
final class HealthBeans implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final String REDIS = "org.springframework.data.redis.connection.RedisConnectionFactory";
    private static final Duration SLOW_DATABASE = Duration.ofMillis(500);

    private final HealthMonitor monitor;
    private final HealthConfig config;
    private final ApplicationBeans beans;
    private final ActuatorBridge bridge;
    private final ObjectProvider<ActuatorIndicators> indicators;

    HealthBeans(
            Millisight millisight,
            ApplicationBeans beans,
            ActuatorBridge bridge,
            ObjectProvider<ActuatorIndicators> indicators) {
        this.monitor = millisight.health();
        this.config = millisight.config().health();
        this.beans = beans;
        this.bridge = bridge;
        this.indicators = indicators;
    }

    @Override
    public void afterSingletonsInstantiated() {
        contained("health checks", this::addChecks);
        contained("data sources", this::addDatabases);
        if (config.redis() == null && ClassUtils.isPresent(REDIS, getClass().getClassLoader())) {
            contained("Redis connections", () -> new Redis().add());
        }
        contained("health indicators", () -> indicators.forEach(all -> all.forEach(bridge::take)));
    }

    private static void contained(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("the application's {} are not checked", what, e);
        }
    }

    private void addChecks() {
        Set<HealthCheck> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        beans.forEach(HealthCheck.class, (bean, check) -> {
            if (seen.add(check)) {
                monitor.add(check);
            }
        });
    }

    private void addDatabases() {
        DataSources.of(beans)
                .forEach((name, dataSource) -> add(config.check(CheckName.fit(name), DatabaseProbe.of(dataSource))
                        .degradedAbove(SLOW_DATABASE)));
    }

    private void add(HealthCheck.Builder check) {
        try {
            monitor.add(check.build());
        } catch (IllegalArgumentException e) {
            LOG.warn("not checked: {}", e.getMessage());
        }
    }

    /** A class of its own, as those of Spring Data Redis may be missing. */
    private final class Redis {

        void add() {
            Map<String, RedisConnectionFactory> factories =
                    beans.named("redis", RedisConnectionFactory.class, UnaryOperator.identity());
            factories.forEach((name, factory) ->
                    HealthBeans.this.add(config.check(CheckName.fit(name), new RedisConnectionProbe(factory))));
        }
    }
}
