package io.millisight.spring;

import io.millisight.MillisightSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings {@code millisight.*}, as text: {@link MillisightSettings} reads and checks them, so that a value means the
 * same here as in an environment variable or an init parameter. What is not given keeps its default.
 */
@ConfigurationProperties(prefix = "millisight", ignoreUnknownFields = false)
public class MillisightProperties {

    /** Whether to monitor at all; false leaves no bean, no filter and no route. */
    private boolean enabled = true;

    /** Name of the service, 1 to 100 characters. Default: spring.application.name, else "service". */
    private @Nullable String service;

    /** Name of this instance of the service, 1 to 255 characters. Default: the host name. */
    private @Nullable String instance;

    /** Where the journal and the embedded store keep their files. Default: millisight-data in the working directory. */
    private @Nullable String dataDir;

    /** Which store: sqlite, jdbc:postgresql://..., datasource (the application's DataSource bean; datasource:name of several), or memory. Default: sqlite. */
    private @Nullable String store;

    /** Size of the journal's ring, a power of two from 1MiB to 1GiB. Default: 16MiB. */
    private @Nullable String journalSize;

    /** A request that takes longer is slow; 1ms to 1h. Default: 500ms. */
    private @Nullable String slowThreshold;

    /** Other thresholds for single endpoints, by name: "[GET /reports/{id}]": 2s. */
    private Map<String, String> slowThresholds = new LinkedHashMap<>();

    /** How much of the past the live view covers, a multiple of slice, 2 to 360 slices. Default: 5m. */
    private @Nullable String window;

    /** The step in which the window moves and alerts are judged, 100ms to 10m. Default: 10s. */
    private @Nullable String slice;

    /** How many endpoints are told apart, the rest fold into one; 1 to 100000. Default: 2000. */
    private @Nullable String maxEndpoints;

    /** What becomes of user ids: store, hash or off. Default: store. */
    private @Nullable String userId;

    /** At most so many lines a second in the request log, 0 (off) to 100000. Default: 100. */
    private @Nullable String requestLogLimit;

    /** How often what is new goes to the store, 10ms to 60s. Default: 1s. */
    private @Nullable String flushInterval;

    /** Paths whose requests are not recorded, separated by commas: /health, /static/*, *.css. Default: none. */
    private @Nullable String exclude;

    /** Whether answers carry Server-Timing too, which browsers show. Default: false. */
    private @Nullable String serverTiming;

    /** What stands before /metrics. Default: /. */
    private @Nullable String basePath;

    /** Who may read: local (this machine), token, or open (everyone). Default: local. */
    private @Nullable String access;

    /** The secret that opens every route when sent as "Authorization: Bearer", 8 to 512 characters. Default: none. */
    private @Nullable String token;

    private final Alert alert = new Alert();
    private final Retention retention = new Retention();
    private final Health health = new Health();

    /** When a p99 is a spike. */
    public static class Alert {

        /** Alert above so many times the baseline; above 1 to 1000. Default: 2. */
        private @Nullable String factor;

        /** Weight of the old baseline in the moving average, 0 to below 1. Default: 0.9. */
        private @Nullable String baselineWeight;

        /** Never judge fewer requests; at least 1. Default: 50. */
        private @Nullable String minimumRequests;

        /** Silence after an alert of the same scope, at most 24h. Default: 5m. */
        private @Nullable String cooldown;

        /** Never alert on a p99 at or below this, at most 1h. Default: 10ms. */
        private @Nullable String floor;

        public @Nullable String getFactor() {
            return factor;
        }

        public void setFactor(@Nullable String factor) {
            this.factor = factor;
        }

        public @Nullable String getBaselineWeight() {
            return baselineWeight;
        }

        public void setBaselineWeight(@Nullable String baselineWeight) {
            this.baselineWeight = baselineWeight;
        }

        public @Nullable String getMinimumRequests() {
            return minimumRequests;
        }

        public void setMinimumRequests(@Nullable String minimumRequests) {
            this.minimumRequests = minimumRequests;
        }

        public @Nullable String getCooldown() {
            return cooldown;
        }

        public void setCooldown(@Nullable String cooldown) {
            this.cooldown = cooldown;
        }

        public @Nullable String getFloor() {
            return floor;
        }

        public void setFloor(@Nullable String floor) {
            this.floor = floor;
        }
    }

    /** How long each level of detail is kept. */
    public static class Retention {

        /** Single requests, by age; at least 1m. Default: 7d. */
        private @Nullable String requests;

        /** Single requests, by the bytes they take; at least 1MiB. Default: 2GiB. */
        private @Nullable String requestBytes;

        /** Minute rollups, by age; at least 2h. Default: 8d. */
        private @Nullable String minutes;

        /** Hour rollups, by age; at least 2h. Default: 400d. */
        private @Nullable String hours;

        /** The history of health checks, by age; at least 2h. Default: 30d. */
        private @Nullable String health;

        public @Nullable String getRequests() {
            return requests;
        }

        public void setRequests(@Nullable String requests) {
            this.requests = requests;
        }

        public @Nullable String getRequestBytes() {
            return requestBytes;
        }

        public void setRequestBytes(@Nullable String requestBytes) {
            this.requestBytes = requestBytes;
        }

        public @Nullable String getMinutes() {
            return minutes;
        }

        public void setMinutes(@Nullable String minutes) {
            this.minutes = minutes;
        }

        public @Nullable String getHours() {
            return hours;
        }

        public void setHours(@Nullable String hours) {
            this.hours = hours;
        }

        public @Nullable String getHealth() {
            return health;
        }

        public void setHealth(@Nullable String health) {
            this.health = health;
        }
    }

    /** Which health checks there are without code, and how the built-in ones run. */
    public static class Health {

        /** How often each check runs, 100ms to 1h. Default: 10s. */
        private @Nullable String interval;

        /** How long an answer is waited for, 10ms to 5m. Default: 5s. */
        private @Nullable String timeout;

        /** Names of the checks without which the service is down, separated by commas. Default: database. */
        private @Nullable String critical;

        /** A Redis server to ask, as check "redis": redis:// or rediss://[user:password@]host[:port]. Default: none. */
        private @Nullable String redis;

        /** URLs to ask, by the name of the check: "ml_models": http://localhost:8501/ready. */
        private Map<String, String> http = new LinkedHashMap<>();

        public @Nullable String getInterval() {
            return interval;
        }

        public void setInterval(@Nullable String interval) {
            this.interval = interval;
        }

        public @Nullable String getTimeout() {
            return timeout;
        }

        public void setTimeout(@Nullable String timeout) {
            this.timeout = timeout;
        }

        public @Nullable String getCritical() {
            return critical;
        }

        public void setCritical(@Nullable String critical) {
            this.critical = critical;
        }

        public @Nullable String getRedis() {
            return redis;
        }

        public void setRedis(@Nullable String redis) {
            this.redis = redis;
        }

        public Map<String, String> getHttp() {
            return http;
        }

        public void setHttp(Map<String, String> http) {
            this.http = http;
        }
    }

    /**
     * All that was given, under its names.
     *
     * @param applicationName the service's name where {@code service} was not given; null for none
     */
    MillisightSettings settings(@Nullable String applicationName) {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "service", service == null ? applicationName : service);
        put(given, "instance", instance);
        put(given, "data-dir", dataDir);
        put(given, "store", store);
        put(given, "journal-size", journalSize);
        put(given, "slow-threshold", slowThreshold);
        put(given, "window", window);
        put(given, "slice", slice);
        put(given, "max-endpoints", maxEndpoints);
        put(given, "user-id", userId);
        put(given, "request-log-limit", requestLogLimit);
        put(given, "flush-interval", flushInterval);
        put(given, "exclude", exclude);
        put(given, "server-timing", serverTiming);
        put(given, "base-path", basePath);
        put(given, "access", access);
        put(given, "token", token);
        put(given, "alert.factor", alert.factor);
        put(given, "alert.baseline-weight", alert.baselineWeight);
        put(given, "alert.minimum-requests", alert.minimumRequests);
        put(given, "alert.cooldown", alert.cooldown);
        put(given, "alert.floor", alert.floor);
        put(given, "retention.requests", retention.requests);
        put(given, "retention.request-bytes", retention.requestBytes);
        put(given, "retention.minutes", retention.minutes);
        put(given, "retention.hours", retention.hours);
        put(given, "retention.health", retention.health);
        put(given, "health.interval", health.interval);
        put(given, "health.timeout", health.timeout);
        put(given, "health.critical", health.critical);
        put(given, "health.redis", health.redis);
        health.http.forEach((check, url) -> put(given, "health.http." + check, url));
        slowThresholds.forEach((endpoint, threshold) -> put(given, "slow-thresholds." + endpoint, threshold));
        return MillisightSettings.of(given);
    }

    private static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null) {
            given.put(name, value);
        }
    }

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getService() {
        return service;
    }

    public void setService(@Nullable String service) {
        this.service = service;
    }

    public @Nullable String getInstance() {
        return instance;
    }

    public void setInstance(@Nullable String instance) {
        this.instance = instance;
    }

    public @Nullable String getDataDir() {
        return dataDir;
    }

    public void setDataDir(@Nullable String dataDir) {
        this.dataDir = dataDir;
    }

    public @Nullable String getStore() {
        return store;
    }

    public void setStore(@Nullable String store) {
        this.store = store;
    }

    public @Nullable String getJournalSize() {
        return journalSize;
    }

    public void setJournalSize(@Nullable String journalSize) {
        this.journalSize = journalSize;
    }

    public @Nullable String getSlowThreshold() {
        return slowThreshold;
    }

    public void setSlowThreshold(@Nullable String slowThreshold) {
        this.slowThreshold = slowThreshold;
    }

    public @Nullable String getWindow() {
        return window;
    }

    public void setWindow(@Nullable String window) {
        this.window = window;
    }

    public @Nullable String getSlice() {
        return slice;
    }

    public void setSlice(@Nullable String slice) {
        this.slice = slice;
    }

    public @Nullable String getMaxEndpoints() {
        return maxEndpoints;
    }

    public void setMaxEndpoints(@Nullable String maxEndpoints) {
        this.maxEndpoints = maxEndpoints;
    }

    public @Nullable String getUserId() {
        return userId;
    }

    public void setUserId(@Nullable String userId) {
        this.userId = userId;
    }

    public @Nullable String getRequestLogLimit() {
        return requestLogLimit;
    }

    public void setRequestLogLimit(@Nullable String requestLogLimit) {
        this.requestLogLimit = requestLogLimit;
    }

    public @Nullable String getFlushInterval() {
        return flushInterval;
    }

    public void setFlushInterval(@Nullable String flushInterval) {
        this.flushInterval = flushInterval;
    }

    public @Nullable String getExclude() {
        return exclude;
    }

    public void setExclude(@Nullable String exclude) {
        this.exclude = exclude;
    }

    public @Nullable String getServerTiming() {
        return serverTiming;
    }

    public void setServerTiming(@Nullable String serverTiming) {
        this.serverTiming = serverTiming;
    }

    public @Nullable String getBasePath() {
        return basePath;
    }

    public void setBasePath(@Nullable String basePath) {
        this.basePath = basePath;
    }

    public @Nullable String getAccess() {
        return access;
    }

    public void setAccess(@Nullable String access) {
        this.access = access;
    }

    public @Nullable String getToken() {
        return token;
    }

    public void setToken(@Nullable String token) {
        this.token = token;
    }

    public Map<String, String> getSlowThresholds() {
        return slowThresholds;
    }

    public void setSlowThresholds(Map<String, String> slowThresholds) {
        this.slowThresholds = slowThresholds;
    }

    public Alert getAlert() {
        return alert;
    }

    public Retention getRetention() {
        return retention;
    }

    public Health getHealth() {
        return health;
    }
}
