package io.millisight.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Details as one JSON object: text, whole and decimal numbers, yes and no, and lists of such objects. */
public final class DetailsJson {

    private DetailsJson() {}

    /** The object, its fields in the order of the map. */
    public static String of(Map<String, ?> details) {
        StringBuilder json = new StringBuilder(64);
        value(json, details);
        return json.toString();
    }

    private static void value(StringBuilder json, @Nullable Object value) {
        if (value instanceof String text) {
            text(json, text);
        } else if (value instanceof Map<?, ?> object) {
            String separator = "{";
            for (Map.Entry<?, ?> field : object.entrySet()) {
                json.append(separator);
                text(json, (String) field.getKey());
                json.append(':');
                value(json, field.getValue());
                separator = ",";
            }
            json.append(object.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                json.append(separator);
                value(json, element);
                separator = ",";
            }
            json.append(list.isEmpty() ? "[]" : "]");
        } else {
            json.append(value);
        }
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
