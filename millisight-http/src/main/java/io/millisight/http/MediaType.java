package io.millisight.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A media type, or a range of them ({@code text/*}) as an Accept header has it.
 *
 * @param parameters by name in lower case, without {@code q}
 */
record MediaType(String type, String subtype, Map<String, String> parameters) {

    static final MediaType JSON = of("application", "json", Map.of());
    static final MediaType PROBLEM = of("application", "problem+json", Map.of());
    static final MediaType NDJSON = of("application", "x-ndjson", Map.of());
    static final MediaType CSV = of("text", "csv", Map.of("header", "present"));

    static final MediaType EVENT_STREAM = of("text", "event-stream", Map.of());
    static final MediaType HTML = of("text", "html", Map.of());
    private static final MediaType CSS = of("text", "css", Map.of());
    static final MediaType JAVASCRIPT = of("text", "javascript", Map.of());

    /** Of a file of ours, by its name. */
    static MediaType ofFile(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> HTML;
            case "css" -> CSS;
            default -> JAVASCRIPT;
        };
    }

    /** One that we send: always UTF-8. */
    private static MediaType of(String type, String subtype, Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.put("charset", "utf-8");
        return new MediaType(type, subtype, all);
    }

    /** Reads a range of an Accept header; null when it is none. */
    static @Nullable MediaType parse(String text) {
        String[] parts = text.split(";", -1);
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        // The JDK's own HttpURLConnection sends a lone asterisk.
        String[] names = (name.equals("*") ? "*/*" : name).split("/", -1);
        if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                String value = parts[i].substring(equals + 1).strip();
                parameters.put(parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT), value.replace("\"", ""));
            }
        }
        return new MediaType(names[0], names[1], parameters);
    }

    /** Whether this range covers {@code offered}; a parameter that the offer does not have is no hindrance. */
    boolean covers(MediaType offered) {
        return (type.equals("*") ? subtype.equals("*") : type.equals(offered.type))
                && (subtype.equals("*") || subtype.equals(offered.subtype))
                && parameters.entrySet().stream().allMatch(entry -> offered.parameters
                        .getOrDefault(entry.getKey(), entry.getValue())
                        .equalsIgnoreCase(entry.getValue()));
    }

    /** How closely this range describes: the closest one that covers an offer decides. */
    int specificity() {
        return type.equals("*") ? 0 : subtype.equals("*") ? 1 : 2 + parameters.size();
    }

    /** Without parameters. */
    String name() {
        return type + "/" + subtype;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name());
        parameters.forEach(
                (key, value) -> text.append("; ").append(key).append('=').append(value));
        return text.toString();
    }
}
