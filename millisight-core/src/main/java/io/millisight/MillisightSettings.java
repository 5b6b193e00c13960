package io.millisight;

import io.millisight.alert.SpikeRule;
import io.millisight.health.HealthConfig;
import io.millisight.observe.UserIdPolicy;
import io.millisight.store.Retention;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings as text, from wherever they come, under their names: {@code slow-threshold}, {@code alert.factor}. A name
 * nobody knows is refused with the nearest known one; an empty value counts as not given. Immutable.
 *
 * <p>A setting has one name in three spellings: environment {@code MILLISIGHT_SLOW_THRESHOLD}, system property and init
 * parameter {@code millisight.slow-threshold}. Durations are written {@code 500ms}, {@code 2s}, {@code 5m},
 * {@code 24h}, {@code 7d} or as in ISO 8601; sizes {@code 512KiB}, {@code 16MiB}, {@code 2GiB} or in bytes.
 *
 * <p>Thresholds of single endpoints are given one by one, {@code slow-thresholds.GET /reports=2s}, or together,
 * {@code slow-thresholds=GET /reports=2s, POST /orders=1s}, which an environment variable can spell. So are URLs to check:
 * {@code health.http.ml_models=http://localhost:8501/ready}.
 */
public final class MillisightSettings {

    /** Before every name, as a system property, an init parameter or a Spring property. */
    public static final String PREFIX = "millisight.";

    private static final String ENVIRONMENT_PREFIX = "MILLISIGHT_";
    private static final String BY_ENDPOINT = "slow-thresholds";
    private static final String HTTP_CHECKS = "health.http";

    /** Settings with entries: one by one, {@code slow-thresholds.GET /a=2s}, or all together, separated by commas. */
    private static final Set<String> WITH_ENTRIES = Set.of(BY_ENDPOINT, HTTP_CHECKS);

    private static final Set<String> NAMES = Set.of(
            "enabled",
            "service",
            "instance",
            "data-dir",
            "store",
            "journal-size",
            "slow-threshold",
            BY_ENDPOINT,
            "window",
            "slice",
            "max-endpoints",
            "user-id",
            "request-log-limit",
            "flush-interval",
            "exclude",
            "server-timing",
            "alert.factor",
            "alert.baseline-weight",
            "alert.minimum-requests",
            "alert.cooldown",
            "alert.floor",
            "retention.requests",
            "retention.request-bytes",
            "retention.minutes",
            "retention.hours",
            "retention.health",
            "health.interval",
            "health.timeout",
            "health.critical",
            "health.redis",
            HTTP_CHECKS,
            "base-path",
            "access",
            "token");

    private final Map<String, String> values;
    private final List<String> warnings;

    private MillisightSettings(Map<String, String> values, List<String> warnings) {
        this.values = values;
        this.warnings = List.copyOf(warnings);
    }

    /** Every name that is known, without prefix, in alphabetical order. */
    public static Set<String> names() {
        return new TreeSet<>(NAMES);
    }

    /**
     * Settings by name, without prefix.
     *
     * @throws IllegalArgumentException for a name that is not known
     */
    public static MillisightSettings of(Map<String, String> values) {
        Map<String, String> kept = new TreeMap<>();
        values.forEach((name, value) -> {
            if (!isKnown(name)) {
                throw new IllegalArgumentException(unknown(name, name));
            }
            put(kept, name, value);
        });
        return new MillisightSettings(kept, List.of());
    }

    /**
     * Settings from all places that a service outside Spring has: a system property wins over the environment, which
     * wins over an init parameter.
     *
     * <p>Of the environment, an unknown {@code MILLISIGHT_} variable is a warning alone: Kubernetes makes such ones for
     * a service of that name.
     *
     * @param initParameter the value of an init parameter, by its full name
     * @throws IllegalArgumentException for a system property under {@code millisight.} that is not known
     */
    public static MillisightSettings fromEnvironment(
            Map<String, String> environment, Properties system, Function<String, @Nullable String> initParameter) {
        Map<String, String> kept = new TreeMap<>();
        List<String> warnings = new ArrayList<>();
        for (String name : NAMES) {
            put(kept, name, initParameter.apply(PREFIX + name));
        }
        takeEnvironment(environment, kept, warnings);
        for (String property : new TreeSet<>(system.stringPropertyNames())) {
            if (property.startsWith(PREFIX)) {
                String name = property.substring(PREFIX.length());
                if (!isKnown(name)) {
                    throw new IllegalArgumentException(unknown(property, name));
                }
                put(kept, name, system.getProperty(property));
            }
        }
        return new MillisightSettings(kept, warnings);
    }

    /** What was passed over, a sentence each, for the log at start. */
    public List<String> warnings() {
        return warnings;
    }

    /** Whether to monitor at all: {@code enabled}, true unless said otherwise. */
    public boolean enabled() {
        String text = value("enabled");
        return text == null || SettingText.flag("enabled", text);
    }

    /** The text of one setting, or null when it was not given. */
    public @Nullable String value(String name) {
        if (!isKnown(name)) {
            throw new IllegalArgumentException(unknown(name, name));
        }
        return values.get(name);
    }

    /**
     * The defaults with these settings applied.
     *
     * @throws IllegalArgumentException naming the setting, the value and what is allowed
     */
    public MillisightConfig config() {
        return config(MillisightConfig.defaults());
    }

    /**
     * The given configuration with these settings applied.
     *
     * @throws IllegalArgumentException naming the setting, the value and what is allowed
     */
    public MillisightConfig config(MillisightConfig base) {
        MillisightConfig.Builder builder = base.toBuilder();
        apply("service", MillisightSettings::text, builder::service);
        apply("instance", MillisightSettings::text, builder::instance);
        apply("data-dir", MillisightSettings::path, builder::dataDirectory);
        apply("store", MillisightSettings::text, builder::store);
        apply("journal-size", MillisightSettings::journalBytes, builder::journalBytes);
        apply("slow-threshold", SettingText::duration, builder::slowThreshold);
        builder.slowThresholds(slowThresholds(base.slowThresholds()));
        apply("window", SettingText::duration, builder::window);
        apply("slice", SettingText::duration, builder::slice);
        apply("max-endpoints", SettingText::wholeNumber, builder::maxEndpoints);
        apply("user-id", (name, text) -> SettingText.constant(name, text, UserIdPolicy.class), builder::userId);
        apply("request-log-limit", SettingText::wholeNumber, builder::requestLogLimit);
        apply("flush-interval", SettingText::duration, builder::flushInterval);
        builder.exclude(exclude(base.exclude()));
        apply("server-timing", SettingText::flag, builder::serverTiming);
        return builder.spike(spike(base.spike()))
                .retention(retention(base.retention()))
                .health(health(base.health()))
                .build();
    }

    /** Names alone: a value may be a secret. */
    @Override
    public String toString() {
        return "MillisightSettings" + values.keySet();
    }

    /** The dashboard's own files are among them, wherever they are. */
    private List<String> exclude(List<String> base) {
        List<String> all = new ArrayList<>(read("exclude", (name, text) -> List.copyOf(SettingText.names(text)), base));
        all.remove(MillisightConfig.DASHBOARD_FILES);
        String basePath = value("base-path");
        all.add((basePath == null || basePath.equals("/") ? "" : basePath) + MillisightConfig.DASHBOARD_FILES);
        return all;
    }

    private SpikeRule spike(SpikeRule base) {
        return new SpikeRule(
                read("alert.factor", SettingText::number, base.factor()),
                read("alert.baseline-weight", SettingText::number, base.baselineWeight()),
                read("alert.minimum-requests", SettingText::wholeNumber, base.minimumRequests()),
                read("alert.cooldown", SettingText::duration, base.cooldown()),
                read("alert.floor", SettingText::duration, base.floor()));
    }

    private Retention retention(Retention base) {
        return new Retention(
                read("retention.requests", SettingText::duration, base.requests()),
                read("retention.request-bytes", SettingText::bytes, base.requestBytes()),
                read("retention.minutes", SettingText::duration, base.minutes()),
                read("retention.hours", SettingText::duration, base.hours()),
                read("retention.health", SettingText::duration, base.health()));
    }

    private HealthConfig health(HealthConfig base) {
        Map<String, URI> http = new LinkedHashMap<>(base.http());
        entries(HTTP_CHECKS, "name=URL, separated by commas", String::indexOf)
                .forEach((name, text) -> http.put(name, SettingText.url(HTTP_CHECKS + "." + name, text)));
        String redis = value("health.redis");
        return new HealthConfig(
                read("health.interval", SettingText::duration, base.interval()),
                read("health.timeout", SettingText::duration, base.timeout()),
                read("health.critical", (name, text) -> SettingText.names(text), base.critical()),
                http,
                redis == null ? base.redis() : SettingText.url("health.redis", redis));
    }

    private Map<String, Duration> slowThresholds(Map<String, Duration> base) {
        Map<String, Duration> thresholds = new LinkedHashMap<>(base);
        entries(BY_ENDPOINT, "METHOD route=duration, separated by commas", String::lastIndexOf)
                .forEach((endpoint, text) ->
                        thresholds.put(endpoint, SettingText.duration(BY_ENDPOINT + "." + endpoint, text)));
        return thresholds;
    }

    /**
     * The entries of a setting that has such, those given one by one last.
     *
     * @param splitAt finds the equals sign between name and value
     */
    private Map<String, String> entries(String setting, String allowed, BiFunction<String, String, Integer> splitAt) {
        Map<String, String> entries = new LinkedHashMap<>();
        String together = value(setting);
        if (together != null) {
            for (String entry : together.split(",", -1)) {
                int equals = splitAt.apply(entry, "=");
                if (equals < 0) {
                    throw SettingText.refused(setting, together, allowed);
                }
                entries.put(
                        entry.substring(0, equals).strip(),
                        entry.substring(equals + 1).strip());
            }
        }
        values.forEach((name, text) -> {
            if (isEntryOf(setting, name)) {
                entries.put(name.substring(setting.length() + 1), text);
            }
        });
        return entries;
    }

    private <T> void apply(String name, BiFunction<String, String, T> parse, Consumer<T> setter) {
        String text = value(name);
        if (text != null) {
            setter.accept(parse.apply(name, text));
        }
    }

    private <T> T read(String name, BiFunction<String, String, T> parse, T otherwise) {
        String text = value(name);
        return text == null ? otherwise : parse.apply(name, text);
    }

    private static String text(String setting, String text) {
        return text;
    }

    private static Path path(String setting, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw SettingText.refused(setting, text, "a path");
        }
    }

    /** What no int can hold is above the range anyway: the configuration refuses it in its own words. */
    private static int journalBytes(String setting, String text) {
        return (int) Math.min(Integer.MAX_VALUE, SettingText.bytes(setting, text));
    }

    private static void takeEnvironment(
            Map<String, String> environment, Map<String, String> kept, List<String> warnings) {
        Map<String, String> bySpelling = new TreeMap<>();
        for (String name : NAMES) {
            bySpelling.put(inEnvironment(name), name);
        }
        new TreeMap<>(environment).forEach((variable, value) -> {
            String name = bySpelling.get(variable);
            if (name != null) {
                put(kept, name, value);
            } else if (variable.startsWith(ENVIRONMENT_PREFIX)) {
                String near = nearest(variable, bySpelling.keySet());
                warnings.add(variable + ": unknown setting, passed over" + (near == null ? "" : "; nearest: " + near));
            }
        });
    }

    private static String inEnvironment(String name) {
        return ENVIRONMENT_PREFIX + name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static void put(Map<String, String> kept, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            kept.put(name, value.strip());
        }
    }

    private static boolean isKnown(String name) {
        return NAMES.contains(name) || WITH_ENTRIES.stream().anyMatch(setting -> isEntryOf(setting, name));
    }

    private static boolean isEntryOf(String setting, String name) {
        return name.startsWith(setting + ".") && name.length() > setting.length() + 1;
    }

    private static String unknown(String shown, String name) {
        String near = nearest(name, NAMES);
        return shown + ": unknown setting; "
                + (near == null ? "allowed: " + String.join(", ", names()) : "did you mean " + near + "?");
    }

    /** The candidate with the fewest edits, if it is near enough to be meant. */
    private static @Nullable String nearest(String name, Set<String> candidates) {
        String nearest = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        for (String candidate : new TreeSet<>(candidates)) {
            int edits = edits(name, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein distance, one row at a time. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int substituted = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(substituted, 1 + Math.min(diagonal, row[column - 1]));
            }
        }
        return row[to.length()];
    }
}
