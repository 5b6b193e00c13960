package io.millisight.observe;

/**
 * Makes a route of a raw path when no framework offers a template: parts that look like values become {@code {id}}, words
 * stay. {@code /orders/17/items} and {@code /orders/18/items} are then one endpoint.
 *
 * <p>Values are numbers (also dates and versions such as {@code 2026-11-23}), UUIDs, hexadecimal hashes of 16 digits or
 * more, e-mail-like parts, and whatever no word is: more than 64 characters, blanks, control characters. Path parameters
 * ({@code ;jsessionid=}), a query, doubled and trailing slashes are dropped. Never throws, and is idempotent.
 */
public final class RouteNormalizer {

    private static final String ID = "{id}";
    private static final int SHORTEST_HASH = 16;
    private static final int LONGEST_WORD = 64;

    private RouteNormalizer() {}

    /** The route of a path; {@code /} for an empty one. */
    public static String normalize(String path) {
        int end = endOfPath(path);
        StringBuilder route = new StringBuilder(end + 1);
        int start = 0;
        while (start < end) {
            int next = path.indexOf('/', start);
            int partEnd = next < 0 || next > end ? end : next;
            append(route, path, start, endOfPart(path, start, partEnd));
            start = partEnd + 1;
        }
        return route.isEmpty() ? "/" : route.toString();
    }

    private static void append(StringBuilder route, String path, int start, int end) {
        if (start == end) {
            return;
        }
        route.append('/');
        if (isValue(path, start, end)) {
            route.append(ID);
        } else {
            route.append(path, start, end);
        }
    }

    private static int endOfPath(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '?' || c == '#') {
                return i;
            }
        }
        return path.length();
    }

    private static int endOfPart(String path, int start, int end) {
        int semicolon = path.indexOf(';', start);
        return semicolon < 0 || semicolon > end ? end : semicolon;
    }

    private static boolean isValue(String path, int start, int end) {
        if (end - start > LONGEST_WORD) {
            return true;
        }
        int digits = 0;
        int hex = 0;
        int separators = 0;
        boolean mail = false;
        for (int i = start; i < end; i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f || (c >= 0x80 && !Character.isLetterOrDigit(c))) {
                return true;
            } else if (c >= '0' && c <= '9') {
                digits++;
                hex++;
            } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
                hex++;
            } else if (c == '-' || c == '.' || c == '_' || c == ':' || c == ',' || c == '+') {
                separators++;
            } else if (isAt(path, i) && i > start && i < end - 1) {
                mail = true;
            }
        }
        int length = end - start;
        boolean number = digits > 0 && digits + separators == length;
        boolean hash = digits > 0 && hex == length && length >= SHORTEST_HASH;
        return mail || number || hash || isUuid(path, start, end, hex);
    }

    /** An {@code @}, also where it is still percent-encoded. */
    private static boolean isAt(String path, int i) {
        return path.charAt(i) == '@' || path.startsWith("%40", i);
    }

    private static boolean isUuid(String path, int start, int end, int hexDigits) {
        return end - start == 36
                && hexDigits == 32
                && path.charAt(start + 8) == '-'
                && path.charAt(start + 13) == '-'
                && path.charAt(start + 18) == '-'
                && path.charAt(start + 23) == '-';
    }
}
