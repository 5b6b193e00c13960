package io.millisight.health;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A check: what to ask, how often, and what to make of the answers. Immutable; made by {@link #named}.
 *
 * <pre>{@code
 * millisight.health().add(HealthCheck.named("payments", timeout -> payments.ping() ? healthy() : down("no pong"))
 *         .interval(Duration.ofSeconds(30))
 *         .critical(true)
 *         .build());
 * }</pre>
 *
 * @param name 1 to 100 letters, digits and {@code ._-}; no two checks of a monitor share one
 * @param probe what to ask
 * @param interval how often, 100 ms to 1 h; default 10 s
 * @param timeout how long to wait for an answer, 10 ms to 5 min; default 5 s
 * @param critical whether the service as a whole is down, and not ready, when this is; default false
 * @param degradedAbove an answer that took longer is degraded, 1 ms to 5 min; default null: never
 * @param failures so many worse answers in a row turn the status, 1 to 100; default 2
 * @param successes so many better answers in a row turn it back, 1 to 100; default 2
 */
public record HealthCheck(
        String name,
        HealthProbe probe,
        Duration interval,
        Duration timeout,
        boolean critical,
        @Nullable Duration degradedAbove,
        int failures,
        int successes) {

    /** The longest interval. */
    public static final Duration MAX_INTERVAL = Duration.ofHours(1);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public HealthCheck {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "health check name: '" + name + "'; allowed: 1 to 100 letters, digits and ._-");
        }
        requireBetween(name, "interval", interval, Duration.ofMillis(100), MAX_INTERVAL);
        requireBetween(name, "timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(5));
        if (degradedAbove != null) {
            requireBetween(name, "degraded-above", degradedAbove, Duration.ofMillis(1), Duration.ofMinutes(5));
        }
        requireBetween(name, "failures", failures);
        requireBetween(name, "successes", successes);
    }

    /** A builder with every setting at its default. */
    public static Builder named(String name, HealthProbe probe) {
        return new Builder(name, probe);
    }

    private static void requireBetween(String name, String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refused(name, setting, value, least + " to " + most);
        }
    }

    private static void requireBetween(String name, String setting, int value) {
        if (value < 1 || value > 100) {
            throw refused(name, setting, value, "1 to 100");
        }
    }

    private static IllegalArgumentException refused(String name, String setting, Object value, String allowed) {
        return new IllegalArgumentException(
                "health check " + name + ", " + setting + ": " + value + "; allowed: " + allowed);
    }

    /** Collects settings; {@link #build()} checks them. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final HealthProbe probe;
        private Duration interval = Duration.ofSeconds(10);
        private Duration timeout = Duration.ofSeconds(5);
        private boolean critical;
        private @Nullable Duration degradedAbove;
        private int failures = 2;
        private int successes = 2;

        private Builder(String name, HealthProbe probe) {
            this.name = name;
            this.probe = probe;
        }

        public Builder interval(Duration interval) {
            this.interval = interval;
            return this;
        }

        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        public Builder critical(boolean critical) {
            this.critical = critical;
            return this;
        }

        public Builder degradedAbove(@Nullable Duration degradedAbove) {
            this.degradedAbove = degradedAbove;
            return this;
        }

        public Builder failures(int failures) {
            this.failures = failures;
            return this;
        }

        public Builder successes(int successes) {
            this.successes = successes;
            return this;
        }

        /**
         * The check.
         *
         * @throws IllegalArgumentException naming the check, the setting, the value and what is allowed
         */
        public HealthCheck build() {
            return new HealthCheck(name, probe, interval, timeout, critical, degradedAbove, failures, successes);
        }
    }
}
