package io.millisight.http;

import io.millisight.observe.Endpoint;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A query parameter: its name, what is allowed, and how it is read.
 *
 * @param allowed in words, for the problem that refuses a value and for the documentation
 * @param reader gives null for text that is not allowed
 */
record Parameter<T>(String name, String allowed, Reader<T> reader) {

    @FunctionalInterface
    interface Reader<T> {
        @Nullable T read(String text);
    }

    /** The latest instant that is understood, the end of the year 2261: nanoseconds since 1970 still fit a long. */
    static final long MAX_MICROS = 9_214_646_400_000_000L - 1;

    /** A class of statuses, or one: both ends included. */
    record StatusRange(int from, int to) {}

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");
    private static final Pattern STEP = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final Pattern STATUS = Pattern.compile("[1-9][0-9]{2}|[1-9][xX]{2}");

    /** A whole number between two, both included. */
    static Parameter<Integer> wholeNumber(String name, int least, int most) {
        return new Parameter<>(name, "a whole number from " + least + " to " + most, text -> {
            if (!DIGITS.matcher(text).matches()) {
                return null;
            }
            long value = Long.parseLong(text);
            return value >= least && value <= most ? (Integer) (int) value : null;
        });
    }

    /** An instant, in microseconds since 1970. */
    static Parameter<Long> instant(String name) {
        return new Parameter<>(
                name, "ISO-8601 such as 2026-11-23T14:00:00Z (write + as %2B), or milliseconds since 1970", text -> {
                    if (DIGITS.matcher(text).matches()) {
                        long millis = Long.parseLong(text);
                        return millis <= MAX_MICROS / 1_000 ? (Long) (millis * 1_000) : null;
                    }
                    try {
                        Instant instant = OffsetDateTime.parse(text).toInstant();
                        long seconds = instant.getEpochSecond();
                        return seconds >= 0 && seconds <= MAX_MICROS / 1_000_000
                                ? (Long) (seconds * 1_000_000 + instant.getNano() / 1_000)
                                : null;
                    } catch (DateTimeException e) {
                        return null;
                    }
                });
    }

    /** A length of time in whole minutes, in microseconds. */
    static Parameter<Long> minutes(String name) {
        return new Parameter<>(name, "whole minutes up to 366 days: 60s, 5m, 1h, 1d or PT5M", text -> {
            Duration duration = duration(text);
            return duration != null
                            && duration.compareTo(Duration.ofMinutes(1)) >= 0
                            && duration.compareTo(Duration.ofDays(366)) <= 0
                            && duration.toNanos() % Duration.ofMinutes(1).toNanos() == 0
                    ? (Long) (duration.toNanos() / 1_000)
                    : null;
        });
    }

    private static @Nullable Duration duration(String text) {
        Matcher step = STEP.matcher(text);
        if (step.matches()) {
            long amount = Long.parseLong(step.group(1));
            return switch (step.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Milliseconds, in nanoseconds. */
    static Parameter<Long> millis(String name) {
        return new Parameter<>(name, "milliseconds such as 500 or 0.25, at most 6 decimals", text -> {
            if (!DECIMAL.matcher(text).matches()) {
                return null;
            }
            String[] parts = text.split("\\.", -1);
            String fraction = parts.length == 2 ? parts[1] : "";
            return Long.parseLong(parts[0]) * 1_000_000L + Long.parseLong((fraction + "000000").substring(0, 6));
        });
    }

    static Parameter<StatusRange> status(String name) {
        return new Parameter<>(name, "a status such as 404, or a class such as 5xx", text -> {
            if (!STATUS.matcher(text).matches()) {
                return null;
            }
            if (Character.isDigit(text.charAt(1))) {
                int status = Integer.parseInt(text);
                return new StatusRange(status, status);
            }
            int first = (text.charAt(0) - '0') * 100;
            return new StatusRange(first, first + 99);
        });
    }

    static Parameter<Endpoint> endpoint(String name) {
        return new Parameter<>(name, "METHOD, one space, route, as in 'GET /orders/{id}' (percent-encoded)", text -> {
            try {
                Endpoint endpoint = Endpoint.ofName(text);
                return endpoint.name().equals(text) ? endpoint : null;
            } catch (IllegalArgumentException e) {
                return null;
            }
        });
    }

    static Parameter<String> text(String name, int maxLength) {
        return new Parameter<>(
                name, "1 to " + maxLength + " characters", text -> text.length() <= maxLength ? text : null);
    }

    /**
     * The value that this text stands for.
     *
     * @throws ProblemException 400 when it is empty or not allowed
     */
    T parse(String text) {
        T value = text.isEmpty() ? null : reader.read(text);
        if (value == null) {
            throw refused(text).asException();
        }
        return value;
    }

    /** What to answer to a value that is not allowed. */
    Problem refused(String text) {
        return Problem.of(400, "invalid-parameter", "Invalid parameter")
                .detail("The parameter '" + name + "' is " + (text.isEmpty() ? "empty" : "not valid") + "; allowed: "
                        + allowed + ".")
                .parameter(name, text)
                .allowed(allowed);
    }
}
