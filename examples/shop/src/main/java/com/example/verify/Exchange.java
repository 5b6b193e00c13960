package com.example.verify;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that was sent and answered.
 *
 * @param endpoint what the service is expected to count it under
 * @param clientNanos from before sending to the last byte of the answer
 */
record Exchange(String endpoint, int status, long clientNanos, HttpHeaders headers, String body) {

    private static final Pattern RESPONSE_TIME = Pattern.compile("(\\d+\\.\\d{2})ms");

    /** Every X-Response-Time of the answer: one, hopefully. */
    List<String> responseTimes() {
        return headers.allValues("X-Response-Time");
    }

    /** Whether the header is there, once, and well formed. */
    boolean isTimed() {
        return responseTimes().size() == 1
                && RESPONSE_TIME.matcher(responseTimes().get(0)).matches();
    }

    /** What the service says it took, in milliseconds, to two decimals. */
    double headerMillis() {
        Matcher header = RESPONSE_TIME.matcher(String.join(" ", responseTimes()));
        return header.matches() ? Double.parseDouble(header.group(1)) : Double.NaN;
    }

    double clientMillis() {
        return clientNanos / 1e6;
    }
}
