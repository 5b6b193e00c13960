package io.millisight.store;

import java.time.Duration;

/**
 * How long each level lives. What is older is trimmed in small steps.
 *
 * @param requests single requests, by age
 * @param requestBytes single requests, by the bytes they take
 * @param minutes minute rollups
 * @param hours hour rollups
 * @param health health records, alerts, and the signs of life of instances that are gone
 */
public record Retention(Duration requests, long requestBytes, Duration minutes, Duration hours, Duration health) {

    public Retention {
        requireBetween("retention.requests", requests, Duration.ofMinutes(1), Duration.ofDays(3_660));
        requireBetween("retention.minutes", minutes, Duration.ofHours(2), Duration.ofDays(3_660));
        requireBetween("retention.hours", hours, Duration.ofHours(2), Duration.ofDays(36_600));
        requireBetween("retention.health", health, Duration.ofHours(2), Duration.ofDays(3_660));
        if (requestBytes < 1 << 20) {
            throw new IllegalArgumentException(
                    "retention.request-bytes: " + requestBytes + "; allowed: at least 1048576 (1 MiB)");
        }
    }

    /** Requests 7 days or 2 GiB, minute rollups 8 days, hour rollups 400 days, health records 30 days. */
    public static Retention defaults() {
        return new Retention(
                Duration.ofDays(7), 2L << 30, Duration.ofDays(8), Duration.ofDays(400), Duration.ofDays(30));
    }

    private static void requireBetween(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(setting + ": " + value + "; allowed: " + least + " to " + most);
        }
    }
}
