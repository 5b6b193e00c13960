package io.millisight.health;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which checks there are without code, and how the built-in ones run. Immutable.
 *
 * @param interval how often, 100 ms to 1 h; default 10 s
 * @param timeout how long to wait for an answer, 10 ms to 5 min; default 5 s
 * @param critical names of the checks without which the service is down; default {@code database}
 * @param http URLs to ask, by the name of the check: {@code ml_models}; default none
 * @param redis {@code redis://} or {@code rediss://} URL of a server to ask, as check {@code redis}; default null: none
 */
public record HealthConfig(
        Duration interval,
        Duration timeout,
        Set<String> critical,
        Map<String, URI> http,
        @Nullable URI redis) {

    public HealthConfig {
        requireBetween("health.interval", interval, Duration.ofMillis(100), HealthCheck.MAX_INTERVAL);
        requireBetween("health.timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(5));
        critical = Set.copyOf(critical);
        http = Collections.unmodifiableMap(new LinkedHashMap<>(http));
        http.forEach((name, url) -> requireUrl("health.http." + name, url, "http", "https"));
        if (redis != null) {
            requireUrl("health.redis", redis, "redis", "rediss");
        }
    }

    /** The built-in checks every 10 s, waiting for 5 s; the database is critical. */
    public static HealthConfig defaults() {
        return new HealthConfig(Duration.ofSeconds(10), Duration.ofSeconds(5), Set.of("database"), Map.of(), null);
    }

    /** A check with the interval, the timeout and the weight that are configured. */
    public HealthCheck.Builder check(String name, HealthProbe probe) {
        return HealthCheck.named(name, probe)
                .interval(interval)
                .timeout(timeout)
                .critical(critical.contains(name));
    }

    private static void requireBetween(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(setting + ": " + value + "; allowed: " + least + " to " + most);
        }
    }

    /** The value is not shown: it may hold a password. */
    private static void requireUrl(String setting, URI url, String plain, String secure) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals(plain) || scheme.equals(secure))) {
            throw new IllegalArgumentException(setting + ": a value with scheme '" + scheme + "' and host "
                    + (url.getHost() == null ? "none" : "'" + url.getHost() + "'") + ", not shown whole; allowed: "
                    + plain + "://host[:port]... or " + secure + "://host[:port]...");
        }
    }
}
