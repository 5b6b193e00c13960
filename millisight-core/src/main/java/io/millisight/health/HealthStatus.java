package io.millisight.health;

import java.util.Locale;

/** How something is, in order of severity. */
public enum HealthStatus {
    /** It works. */
    HEALTHY,
    /** Nothing is known of it: it has not been asked yet, or what was known is too old. */
    UNKNOWN,
    /** It works, but badly: slowly, or near a limit. */
    DEGRADED,
    /** It does not work. */
    DOWN;

    /** As it stands in JSON and in stores: {@code healthy}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The status with this word.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static HealthStatus ofWord(String word) {
        for (HealthStatus status : values()) {
            if (status.word().equals(word)) {
                return status;
            }
        }
        throw new IllegalArgumentException("health status: " + word + "; allowed: healthy, unknown, degraded, down");
    }

    /** Whether this is more severe than the other. */
    public boolean isWorseThan(HealthStatus other) {
        return compareTo(other) > 0;
    }
}
