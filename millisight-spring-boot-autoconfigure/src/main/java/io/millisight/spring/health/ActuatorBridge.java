package io.millisight.spring.health;

import io.millisight.health.CheckState;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthMonitor;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both ways between the monitor and Actuator: indicators become checks, and checks are shown there. What came from
 * Actuator never goes back, so that nothing runs in a circle. Any thread.
 */
public final class ActuatorBridge {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final String BOOT = "org.springframework.boot.";

    private final HealthMonitor monitor;
    private final HealthConfig config;
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    ActuatorBridge(HealthMonitor monitor, HealthConfig config) {
        this.monitor = monitor;
        this.config = config;
    }

    /** Makes a check of an indicator, unless what it tells is known already. */
    void take(ActuatorIndicator indicator) {
        if (isLeftOut(indicator.type())) {
            return;
        }
        String name = CheckName.fit(indicator.name());
        try {
            monitor.add(config.check(name, new IndicatorProbe(indicator)).build());
            taken.add(name);
        } catch (IllegalArgumentException e) {
            LOG.warn("not checked: {}", e.getMessage());
        }
    }

    private boolean isLeftOut(Class<?> type) {
        if (tellsAvailability(type)) {
            return true;
        }
        return type.getName().startsWith(BOOT)
                && switch (type.getSimpleName()) {
                    case "PingHealthIndicator" -> true; // always up
                    case "DiskSpaceHealthIndicator" -> monitor.has("disk");
                    case "DataSourceHealthIndicator" -> has(DataSources.NAME);
                    case "RedisHealthIndicator",
                            "RedisReactiveHealthIndicator",
                            "DataRedisHealthIndicator",
                            "DataRedisReactiveHealthIndicator" -> has("redis");
                    default -> false;
                };
    }

    /**
     * What the application says of itself, to its platform: it asks nobody, and turns at every start and stop, which
     * would be in the history and raise alerts with each deployment. {@code /health/live} and {@code /health/ready} are
     * ours for that.
     */
    private static boolean tellsAvailability(Class<?> type) {
        for (Class<?> known = type; known != null; known = known.getSuperclass()) {
            if (known.getName().startsWith(BOOT) && known.getSimpleName().equals("AvailabilityStateHealthIndicator")) {
                return true;
            }
        }
        return false;
    }

    private boolean has(String name) {
        return monitor.summary().checks().stream()
                .map(CheckState::name)
                .anyMatch(check -> check.equals(name) || check.startsWith(name + "."));
    }

    /** The checks that Actuator is shown. */
    public List<String> names() {
        return monitor.summary().checks().stream()
                .map(CheckState::name)
                .filter(name -> !taken.contains(name))
                .toList();
    }

    /** What is known of such a check, from memory. */
    public ActuatorHealth health(String name) {
        return monitor.summary().checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .map(ActuatorHealth::of)
                .orElseThrow(() -> new IllegalArgumentException("no health check " + name));
    }
}
