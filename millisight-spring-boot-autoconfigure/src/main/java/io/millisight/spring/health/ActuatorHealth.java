package io.millisight.spring.health;

import io.millisight.health.CheckState;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import io.millisight.rollup.TimeRange;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ObjectUtils;

/**
 * A health as Actuator speaks of it, in plain values.
 *
 * @param status {@code UP}, {@code DOWN}, {@code OUT_OF_SERVICE}, {@code UNKNOWN}, or what the application has made up
 * @param description what Actuator has beside the status, for people; may be empty
 * @param details of whatever types the indicator chose
 */
public record ActuatorHealth(String status, @Nullable String description, Map<String, Object> details) {

    private static final String UP = "UP";
    private static final String DOWN = "DOWN";
    private static final String UNKNOWN = "UNKNOWN";

    /** Where Actuator puts an exception's class and message. */
    private static final String ERROR = "error";

    private static final int DEEPEST = 5;

    /** What a check makes of it. */
    HealthResult result() {
        HealthStatus known =
                switch (status) {
                    case UP -> HealthStatus.HEALTHY;
                    case DOWN, "OUT_OF_SERVICE" -> HealthStatus.DOWN;
                    case UNKNOWN -> HealthStatus.UNKNOWN;
                    default -> HealthStatus.DEGRADED;
                };
        Map<String, Object> others = new LinkedHashMap<>(details);
        Object error = others.remove(ERROR);
        String said = error == null ? description : text(error);
        HealthResult result = new HealthResult(known, message(said == null ? "" : said), Map.of());
        return with(result, "", others, 1);
    }

    /** The status itself, where ours does not tell it. */
    private @Nullable String message(String said) {
        boolean told = status.equals(UP) || status.equals(DOWN) || status.equals(UNKNOWN);
        if (said.isBlank()) {
            return told ? null : "status " + status;
        }
        return told ? said : "status " + status + ": " + said;
    }

    /** A map within a map has its names behind its own and a dot; one that holds itself ends somewhere. */
    private static HealthResult with(HealthResult result, String prefix, Map<?, ?> details, int depth) {
        HealthResult more = result;
        for (Map.Entry<?, ?> detail : details.entrySet()) {
            String name = prefix + text(detail.getKey());
            Object value = detail.getValue();
            if (value instanceof Map<?, ?> map) {
                more = depth < DEEPEST ? with(more, name + ".", map, depth + 1) : more;
            } else if (value != null) {
                more = with(more, name, value);
            }
        }
        return more;
    }

    private static HealthResult with(HealthResult result, String name, Object value) {
        if (value instanceof Boolean flag) {
            return result.with(name, flag.booleanValue());
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return result.with(name, ((Number) value).longValue());
        }
        if (value instanceof Number number) {
            return result.with(name, number.doubleValue());
        }
        if (value instanceof Iterable<?> several) {
            return result.with(
                    name,
                    StreamSupport.stream(several.spliterator(), false)
                            .limit(HealthResult.MAX_DETAILS)
                            .map(ActuatorHealth::text)
                            .collect(Collectors.joining(", ")));
        }
        return result.with(name, text(value));
    }

    /** A detail that cannot be shown is no reason to call its owner down. */
    private static String text(@Nullable Object value) {
        try {
            return ObjectUtils.nullSafeToString(value);
        } catch (RuntimeException e) {
            return "not shown: " + e.getClass().getSimpleName();
        }
    }

    /**
     * What Actuator is told of a check. Load balancers act on Actuator's overall status: as in ours, only a critical check
     * turns it to {@code DOWN}. {@code UNKNOWN} stands behind {@code UP} there, so it turns nothing.
     */
    static ActuatorHealth of(CheckState check) {
        HealthStatus reliable = check.reliable();
        String status =
                switch (reliable) {
                    case HEALTHY, DEGRADED -> UP;
                    case DOWN -> check.critical() ? DOWN : UNKNOWN;
                    case UNKNOWN -> UNKNOWN;
                };
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", reliable.word());
        if (check.message() != null) {
            details.put("message", check.message());
        }
        if (check.hasRun()) {
            details.put("response_time_ms", Math.round(check.responseTimeNanos() / 1e3) / 1e3);
            details.put("checked_at", TimeRange.instant(check.checkedAtMicros()).toString());
        }
        if (check.stale()) {
            details.put("stale", true);
        }
        check.details().forEach(details::putIfAbsent);
        return new ActuatorHealth(status, null, Collections.unmodifiableMap(details));
    }
}
