package io.millisight.store;

import java.util.Map;

/** The details of a health check as one JSON object: text, whole and decimal numbers, yes and no. */
final class DetailsJson {

    private DetailsJson() {}

    static String of(Map<String, Object> details) {
        StringBuilder json = new StringBuilder(64).append('{');
        details.forEach((name, value) -> {
            if (json.length() > 1) {
                json.append(',');
            }
            text(json, name);
            json.append(':');
            if (value instanceof String text) {
                text(json, text);
            } else {
                json.append(value);
            }
        });
        return json.append('}').toString();
    }

    /** What ends a string, what is no UTF-8, and every control character becomes {@code \}{@code u001b}. */
    private static void text(StringBuilder json, String text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
