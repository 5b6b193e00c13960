package io.millisight.live;

/** How requests are written into log lines: one line each, whatever a client sent. */
public final class LogText {

    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';

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

    /** The text on one line: what could end the line, colour it or turn it around becomes {@code \}{@code u001b}. */
    public static String escape(String text) {
        StringBuilder line = new StringBuilder(text.length());
        escape(line, text);
        return line.toString();
    }

    private static void escape(StringBuilder line, String text) {
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (isHarmless(character)) {
                line.append(character);
            } else {
                line.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    line.append(Character.forDigit((character >> shift) & 0xf, 16));
                }
            }
        }
    }

    private static boolean isHarmless(char character) {
        return !Character.isISOControl(character)
                && Character.getType(character) != Character.FORMAT
                && character != LINE_SEPARATOR
                && character != PARAGRAPH_SEPARATOR;
    }
}
