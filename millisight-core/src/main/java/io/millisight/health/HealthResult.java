package io.millisight.health;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a probe found. Immutable; {@code with} adds a detail to a copy.
 *
 * @param status how it is
 * @param message why, in a sentence for people, cut at {@link #MAX_TEXT} characters; null when there is nothing to say
 * @param details figures and names, in the order they were added: each a {@link String}, {@link Long}, {@link Double} or
 *     {@link Boolean}
 */
public record HealthResult(HealthStatus status, @Nullable String message, Map<String, Object> details) {

    /** Characters of a message or of a detail at most. */
    public static final int MAX_TEXT = 500;

    /** Details at most; more are left out. */
    public static final int MAX_DETAILS = 50;

    public HealthResult {
        message = message == null ? null : cut(message);
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** It works. */
    public static HealthResult healthy() {
        return new HealthResult(HealthStatus.HEALTHY, null, Map.of());
    }

    /** It works, but badly. */
    public static HealthResult degraded(String why) {
        return new HealthResult(HealthStatus.DEGRADED, why, Map.of());
    }

    /** It does not work. */
    public static HealthResult down(String why) {
        return new HealthResult(HealthStatus.DOWN, why, Map.of());
    }

    /** It cannot be told. */
    public static HealthResult unknown(String why) {
        return new HealthResult(HealthStatus.UNKNOWN, why, Map.of());
    }

    /** With a text beside it; null adds nothing. */
    public HealthResult with(String name, @Nullable String value) {
        return value == null ? this : with(name, (Object) cut(value));
    }

    /** With a whole number beside it. */
    public HealthResult with(String name, long value) {
        return with(name, (Object) value);
    }

    /** With a number beside it, to six decimals; one that is not finite adds nothing. */
    public HealthResult with(String name, double value) {
        return Double.isFinite(value) ? with(name, (Object) (Math.rint(value * 1e6) / 1e6)) : this;
    }

    /** With a yes or no beside it. */
    public HealthResult with(String name, boolean value) {
        return with(name, (Object) value);
    }

    /** The same details under another status. */
    public HealthResult as(HealthStatus other, String why) {
        return new HealthResult(other, why, details);
    }

    private HealthResult with(String name, Object value) {
        if (details.size() >= MAX_DETAILS) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(cut(name), value);
        return new HealthResult(status, message, more);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }
}
