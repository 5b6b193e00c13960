package io.millisight.observe;

import java.nio.charset.StandardCharsets;

/**
 * Formats a duration as {@code 45.23ms}: milliseconds, two decimals, rounded half up, the same in every locale.
 *
 * <p>Texts under 10 ms, which is most of a healthy service's, are kept after their first use, so that they cost no
 * allocation. The table is filled by a benign race: a string is immutable and safe to publish without a barrier.
 */
public final class ResponseTime {

    /** The header that every response carries. */
    public static final String HEADER = "X-Response-Time";

    /** The header that browsers show, where it is asked for. */
    public static final String SERVER_TIMING = "Server-Timing";

    private static final int NANOS_A_HUNDREDTH = 10_000;
    private static final String[] SHORT = new String[1_000];

    private ResponseTime() {}

    /** {@code 45.23ms} for 45,230,000; {@code 0.00ms} for what is negative. */
    public static String format(long nanos) {
        long hundredths = nanos <= 0 ? 0 : (nanos + NANOS_A_HUNDREDTH / 2) / NANOS_A_HUNDREDTH;
        if (hundredths >= SHORT.length) {
            return text(hundredths);
        }
        String known = SHORT[(int) hundredths];
        if (known == null) {
            known = text(hundredths);
            SHORT[(int) hundredths] = known;
        }
        return known;
    }

    /** The same as an entry of {@code Server-Timing}, which browsers show: {@code app;dur=45.23}. */
    public static String serverTiming(String formatted) {
        return "app;dur=" + formatted.substring(0, formatted.length() - 2);
    }

    private static String text(long hundredths) {
        int at = digits(hundredths / 100) + 5;
        byte[] text = new byte[at];
        text[--at] = 's';
        text[--at] = 'm';
        text[--at] = (byte) ('0' + hundredths % 10);
        text[--at] = (byte) ('0' + hundredths / 10 % 10);
        text[--at] = '.';
        long millis = hundredths / 100;
        do {
            text[--at] = (byte) ('0' + millis % 10);
            millis /= 10;
        } while (at > 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
