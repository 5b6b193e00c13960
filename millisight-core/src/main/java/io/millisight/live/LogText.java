package io.millisight.live;

/** How requests are written into log lines: one line each, whatever a client sent. */
public final class LogText {

    private LogText() {}

    /** A request as one line: {@code GET /api/agents - 200 - 45.23ms}. */
    public static String request(SlowRequest request) {
        String path = request.path();
        StringBuilder line = new StringBuilder(64);
        request(
                line,
                request.endpoint().method(),
                path == null ? request.endpoint().route() : path,
                request.status(),
                request.durationNanos());
        return line.toString();
    }

    static void request(StringBuilder line, String method, String path, int status, long durationNanos) {
        line.append(method).append(' ');
        escape(line, path);
        line.append(" - ").append(status).append(" - ").append(millis(durationNanos));
    }

    /** Nanoseconds as milliseconds with two decimals, rounded half up: {@code 45.23ms}. */
    public static String millis(long nanos) {
        long hundredths = nanos / 10_000 + (nanos % 10_000 >= 5_000 ? 1 : 0);
        long cents = hundredths % 100;
        return hundredths / 100 + (cents < 10 ? ".0" : ".") + cents + "ms";
    }

    /**
     * The text on one line: what could end the line, colour it, turn it around or hide in it becomes {@code \}{@code u001b},
     * and so does a dollar sign before a brace, which some loggers look up.
     */
    public static String escape(String text) {
        StringBuilder line = new StringBuilder(text.length());
        escape(line, text);
        return line.toString();
    }

    private static void escape(StringBuilder line, String text) {
        int length = text.length();
        for (int at = 0; at < length; at++) {
            char character = text.charAt(at);
            boolean isPair = at + 1 < length && Character.isSurrogatePair(character, text.charAt(at + 1));
            boolean isLookup = character == '$' && at + 1 < length && text.charAt(at + 1) == '{';
            if (isPair) {
                char low = text.charAt(++at);
                if (isHarmless(Character.toCodePoint(character, low))) {
                    line.append(character).append(low);
                } else {
                    escape(line, character);
                    escape(line, low);
                }
            } else if (isLookup || !isHarmless(character)) {
                escape(line, character);
            } else {
                line.append(character);
            }
        }
    }

    private static void escape(StringBuilder line, char character) {
        line.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            line.append(Character.forDigit((character >> shift) & 0xf, 16));
        }
    }

    private static boolean isHarmless(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
