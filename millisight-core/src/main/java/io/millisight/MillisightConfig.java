package io.millisight;

import io.millisight.alert.SpikeRule;
import io.millisight.health.HealthConfig;
import io.millisight.observe.Endpoint;
import io.millisight.observe.PathPatterns;
import io.millisight.observe.UserIdPolicy;
import io.millisight.store.Retention;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * All settings of the flow from request to report. Immutable; every value is checked when it is built, with a message
 * that names the setting, the value and what is allowed.
 *
 * @param service name of the service, 1 to 100 characters without control characters; default {@code service}
 * @param instance name of this instance of the service, 1 to 255 characters without control characters; default: the
 *     host name
 * @param dataDirectory where the journal and the embedded store keep their files; made when missing; default
 *     {@code millisight-data} in the working directory
 * @param store which store: {@code sqlite}, {@code memory}, or whatever a {@link io.millisight.store.StoreFactory} on
 *     the classpath accepts; {@code datasource} for {@code storeDataSource}; default {@code sqlite}
 * @param storeDataSource the application's own way to its database, for {@code store} {@code datasource}; default none
 * @param journalBytes size of the journal's ring in bytes, a power of two from 1 MiB to 1 GiB; default 16 MiB
 * @param slowThreshold a request that takes longer is slow; 1 ms to 1 h; default 500 ms
 * @param slowThresholds other thresholds for single endpoints, by {@link Endpoint#name()}; each 1 ms to 1 h; default
 *     none
 * @param window how much of the past the live view covers, a multiple of {@code slice}, 2 to 360 slices; default 5 min
 * @param slice the step in which the window moves and alerts are judged, 100 ms to 10 min; default 10 s
 * @param maxEndpoints how many endpoints are told apart, the rest fold into one; 1 to 100,000; default 2,000
 * @param userId what becomes of user ids: stored, hashed or dropped; default stored
 * @param requestLogLimit at most so many lines a second in the request log, 0 (off) to 100,000; default 100
 * @param spike when a p99 is a spike
 * @param retention how long each level of detail is kept
 * @param health which health checks there are, and how they run
 * @param flushInterval how often what is new goes to the store, 10 ms to 60 s; default 1 s
 * @param exclude paths whose requests are not recorded, each a pattern of {@link PathPatterns}; default the files
 *     of the dashboard: looking at a service should not change what is seen
 * @param serverTiming whether answers carry {@code Server-Timing: app;dur=...} as well; default no
 */
public record MillisightConfig(
        String service,
        String instance,
        Path dataDirectory,
        String store,
        @Nullable DataSource storeDataSource,
        int journalBytes,
        Duration slowThreshold,
        Map<String, Duration> slowThresholds,
        Duration window,
        Duration slice,
        int maxEndpoints,
        UserIdPolicy userId,
        int requestLogLimit,
        SpikeRule spike,
        Retention retention,
        HealthConfig health,
        Duration flushInterval,
        List<String> exclude,
        boolean serverTiming) {

    /** Below the base path. */
    static final String DASHBOARD_FILES = "/metrics/dashboard/*";

    public MillisightConfig {
        requireName("service", service, 100);
        requireName("instance", instance, 255);
        if (store.isBlank()) {
            throw refused("store", "empty", "sqlite, memory, or what a store on the classpath accepts");
        }
        if (journalBytes < 1 << 20 || journalBytes > 1 << 30 || Integer.bitCount(journalBytes) != 1) {
            throw refused(
                    "journal-size", journalBytes, "a power of two from 1048576 (1 MiB) to 1073741824 (1 GiB) bytes");
        }
        requireBetween("slow-threshold", slowThreshold, Duration.ofMillis(1), Duration.ofHours(1));
        slowThresholds = checkedByEndpoint(slowThresholds);
        requireBetween("slice", slice, Duration.ofMillis(100), Duration.ofMinutes(10));
        boolean inRange =
                window.compareTo(slice.multipliedBy(2)) >= 0 && window.compareTo(slice.multipliedBy(360)) <= 0;
        if (!inRange || window.toNanos() % slice.toNanos() != 0) {
            throw refused("window", window, "a multiple of slice (" + slice + "), 2 to 360 slices");
        }
        requireBetween("max-endpoints", maxEndpoints, 1, 100_000);
        requireBetween("request-log-limit", requestLogLimit, 0, 100_000);
        requireBetween("flush-interval", flushInterval, Duration.ofMillis(10), Duration.ofSeconds(60));
        exclude = checkedPatterns(exclude);
    }

    /** Every setting at its default. */
    public static MillisightConfig defaults() {
        return builder().build();
    }

    /** A builder with every setting at its default. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with the settings of this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** From which duration on, in nanoseconds, a request of this endpoint is slow: slow is what takes longer. */
    public long slowThresholdNanos(Endpoint endpoint) {
        if (slowThresholds.isEmpty()) {
            return slowThreshold.toNanos();
        }
        return slowThresholds.getOrDefault(endpoint.name(), slowThreshold).toNanos();
    }

    private static Map<String, Duration> checkedByEndpoint(Map<String, Duration> thresholds) {
        Map<String, Duration> checked = new LinkedHashMap<>();
        thresholds.forEach((name, threshold) -> {
            String setting = "slow-thresholds." + name;
            requireBetween(setting, threshold, Duration.ofMillis(1), Duration.ofHours(1));
            checked.put(endpoint(setting, name).name(), threshold);
        });
        return Collections.unmodifiableMap(checked);
    }

    /** Without the cause: whoever shows that alone must see which setting it is. */
    private static List<String> checkedPatterns(List<String> patterns) {
        try {
            PathPatterns.of(patterns);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("exclude: " + e.getMessage());
        }
        return List.copyOf(patterns);
    }

    private static Endpoint endpoint(String setting, String name) {
        try {
            return Endpoint.ofName(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
        }
    }

    private static void requireName(String setting, String value, int most) {
        boolean hasControls = value.chars().anyMatch(Character::isISOControl);
        if (value.isBlank() || value.length() > most || hasControls) {
            String shown = value.isBlank() ? "empty" : hasControls ? "has control characters" : value;
            throw refused(setting, shown, "1 to " + most + " characters without control characters");
        }
    }

    private static void requireBetween(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw refused(setting, value, least + " to " + most);
        }
    }

    private static void requireBetween(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refused(setting, value, least + " to " + most);
        }
    }

    private static IllegalArgumentException refused(String setting, Object value, String allowed) {
        return new IllegalArgumentException(setting + ": " + value + "; allowed: " + allowed);
    }

    /** Collects settings; {@link #build()} checks them. Not thread-safe. */
    public static final class Builder {

        private String service = "service";
        private String instance = HostName.VALUE;
        private Path dataDirectory = Path.of("millisight-data");
        private String store = "sqlite";
        private @Nullable DataSource storeDataSource;
        private int journalBytes = 16 << 20;
        private Duration slowThreshold = Duration.ofMillis(500);
        private Map<String, Duration> slowThresholds = Map.of();
        private Duration window = Duration.ofMinutes(5);
        private Duration slice = Duration.ofSeconds(10);
        private int maxEndpoints = 2_000;
        private UserIdPolicy userId = UserIdPolicy.STORE;
        private int requestLogLimit = 100;
        private SpikeRule spike = SpikeRule.defaults();
        private Retention retention = Retention.defaults();
        private HealthConfig health = HealthConfig.defaults();
        private Duration flushInterval = Duration.ofSeconds(1);
        private List<String> exclude = List.of(DASHBOARD_FILES);
        private boolean serverTiming;

        private Builder() {}

        private Builder(MillisightConfig config) {
            service = config.service;
            instance = config.instance;
            dataDirectory = config.dataDirectory;
            store = config.store;
            storeDataSource = config.storeDataSource;
            journalBytes = config.journalBytes;
            slowThreshold = config.slowThreshold;
            slowThresholds = config.slowThresholds;
            window = config.window;
            slice = config.slice;
            maxEndpoints = config.maxEndpoints;
            userId = config.userId;
            requestLogLimit = config.requestLogLimit;
            spike = config.spike;
            retention = config.retention;
            health = config.health;
            flushInterval = config.flushInterval;
            exclude = config.exclude;
            serverTiming = config.serverTiming;
        }

        public Builder service(String service) {
            this.service = service;
            return this;
        }

        public Builder instance(String instance) {
            this.instance = instance;
            return this;
        }

        public Builder dataDirectory(Path dataDirectory) {
            this.dataDirectory = dataDirectory;
            return this;
        }

        public Builder store(String store) {
            this.store = store;
            return this;
        }

        /** For {@code store("datasource")}. Connections are taken from it for a moment each, outside of any transaction. */
        public Builder storeDataSource(@Nullable DataSource storeDataSource) {
            this.storeDataSource = storeDataSource;
            return this;
        }

        public Builder journalBytes(int journalBytes) {
            this.journalBytes = journalBytes;
            return this;
        }

        public Builder slowThreshold(Duration slowThreshold) {
            this.slowThreshold = slowThreshold;
            return this;
        }

        /** Other thresholds for single endpoints, by {@link Endpoint#name()}; replaces those given before. */
        public Builder slowThresholds(Map<String, Duration> slowThresholds) {
            this.slowThresholds = slowThresholds;
            return this;
        }

        public Builder window(Duration window) {
            this.window = window;
            return this;
        }

        public Builder slice(Duration slice) {
            this.slice = slice;
            return this;
        }

        public Builder maxEndpoints(int maxEndpoints) {
            this.maxEndpoints = maxEndpoints;
            return this;
        }

        public Builder userId(UserIdPolicy userId) {
            this.userId = userId;
            return this;
        }

        public Builder requestLogLimit(int requestLogLimit) {
            this.requestLogLimit = requestLogLimit;
            return this;
        }

        public Builder spike(SpikeRule spike) {
            this.spike = spike;
            return this;
        }

        public Builder retention(Retention retention) {
            this.retention = retention;
            return this;
        }

        public Builder health(HealthConfig health) {
            this.health = health;
            return this;
        }

        public Builder flushInterval(Duration flushInterval) {
            this.flushInterval = flushInterval;
            return this;
        }

        /** Paths whose requests are not recorded, each a pattern of {@link PathPatterns}; replaces those given before. */
        public Builder exclude(List<String> exclude) {
            this.exclude = exclude;
            return this;
        }

        public Builder serverTiming(boolean serverTiming) {
            this.serverTiming = serverTiming;
            return this;
        }

        /**
         * The settings, checked.
         *
         * @throws IllegalArgumentException naming the setting, the value and what is allowed
         */
        public MillisightConfig build() {
            return new MillisightConfig(
                    service,
                    instance,
                    dataDirectory,
                    store,
                    storeDataSource,
                    journalBytes,
                    slowThreshold,
                    slowThresholds,
                    window,
                    slice,
                    maxEndpoints,
                    userId,
                    requestLogLimit,
                    spike,
                    retention,
                    health,
                    flushInterval,
                    exclude,
                    serverTiming);
        }
    }

    /** Asked once: a resolver without network can take seconds. */
    private static final class HostName {

        static final String VALUE = find();

        private static String find() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            }
        }
    }
}
