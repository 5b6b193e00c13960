package io.millisight.spring.health;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A health indicator of the application.
 *
 * @param name as Actuator shows it; of a part of a composite, behind the composite's name and a dot
 * @param type its class
 * @param health asks it, which may take as long as it likes
 */
public record ActuatorIndicator(String name, Class<?> type, Supplier<@Nullable ActuatorHealth> health) {

    private static final List<String> SUFFIXES = List.of("healthindicator", "healthcontributor");

    /** The name that Actuator gives to a bean: without {@code HealthIndicator} or {@code HealthContributor} at its end. */
    public static String nameOf(String bean) {
        String lower = bean.toLowerCase(Locale.ENGLISH);
        for (String suffix : SUFFIXES) {
            if (lower.endsWith(suffix) && lower.length() > suffix.length()) {
                return bean.substring(0, bean.length() - suffix.length());
            }
        }
        return bean;
    }
}
