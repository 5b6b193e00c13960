package io.millisight;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the text of one setting; a text it cannot read is refused by name, value and what is allowed. */
final class SettingText {

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}) ?([a-z]*)");
    private static final String DURATIONS = "a duration such as 500ms, 2s, 5m, 24h, 7d or PT2S";
    private static final String SIZES = "a size such as 512KiB, 16MiB, 2GiB or a number of bytes";

    private SettingText() {}

    static Duration duration(String setting, String text) {
        Matcher amount = AMOUNT.matcher(text.toLowerCase(Locale.ROOT));
        try {
            if (!amount.matches()) {
                return Duration.parse(text);
            }
            long number = Long.parseLong(amount.group(1));
            return switch (amount.group(2)) {
                case "us" -> Duration.ofNanos(Math.multiplyExact(number, 1_000L));
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> throw refused(setting, text, DURATIONS);
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw refused(setting, text, DURATIONS);
        }
    }

    static long bytes(String setting, String text) {
        Matcher amount = AMOUNT.matcher(text.toLowerCase(Locale.ROOT));
        if (!amount.matches()) {
            throw refused(setting, text, SIZES);
        }
        long unit =
                switch (amount.group(2)) {
                    case "", "b" -> 1L;
                    case "kib" -> 1L << 10;
                    case "mib" -> 1L << 20;
                    case "gib" -> 1L << 30;
                    case "tib" -> 1L << 40;
                    default -> throw refused(setting, text, SIZES);
                };
        try {
            return Math.multiplyExact(Long.parseLong(amount.group(1)), unit);
        } catch (ArithmeticException e) {
            throw refused(setting, text, SIZES);
        }
    }

    static int wholeNumber(String setting, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw refused(setting, text, "a whole number");
        }
    }

    static double number(String setting, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw refused(setting, text, "a number");
        }
    }

    static boolean flag(String setting, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(setting, text, "true, false");
        };
    }

    /** A URL; the value is not shown when it is none, for it may hold a password. */
    static URI url(String setting, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw refused(setting, "a value of " + text.length() + " characters, not shown", "a URL");
        }
    }

    /** Names separated by commas. */
    static Set<String> names(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The constant whose name in lower case, with hyphens, is the text. */
    static <E extends Enum<E>> E constant(String setting, String text, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equalsIgnoreCase(text.replace('_', '-'))) {
                return constant;
            }
        }
        throw refused(
                setting,
                text,
                Arrays.stream(type.getEnumConstants()).map(SettingText::word).collect(Collectors.joining(", ")));
    }

    static IllegalArgumentException refused(String setting, String text, String allowed) {
        return new IllegalArgumentException(setting + ": " + text + "; allowed: " + allowed);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
