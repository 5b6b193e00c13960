package io.millisight.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a query string, strictly: what is malformed or ambiguous is refused, never guessed. */
final class QueryString {

    private QueryString() {}

    /**
     * Parameters by name, in the order sent.
     *
     * @throws ProblemException 400 for one given twice, and for malformed percent-encoding or UTF-8
     */
    static Map<String, String> parse(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query == null) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), pair);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), name);
            if (parameters.put(name, value) != null) {
                throw Problem.of(400, "repeated-parameter", "Parameter given twice")
                        .detail("The parameter '" + name + "' is given more than once.")
                        .parameter(name, value)
                        .allowed("once")
                        .asException();
            }
        }
        return parameters;
    }

    /** As forms have it: a plus sign is a space. */
    private static String decode(String text, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                bytes.write(' ');
            } else if (c == '%') {
                int high = digit(text, i + 1);
                int low = digit(text, i + 2);
                if (high < 0 || low < 0) {
                    throw malformed(text, name);
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c < 128) {
                bytes.write(c);
            } else {
                throw malformed(text, name);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(text, name);
        }
    }

    private static int digit(String text, int at) {
        return at < text.length() && text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
    }

    private static ProblemException malformed(String text, String name) {
        return Problem.of(400, "malformed-query", "Malformed query")
                .detail("Not percent-encoded UTF-8.")
                .parameter(name, text)
                .allowed("UTF-8, percent-encoded: %20 for a space, %2B for a plus sign")
                .asException();
    }
}
