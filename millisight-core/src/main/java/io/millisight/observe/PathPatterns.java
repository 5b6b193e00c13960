package io.millisight.observe;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Patterns of raw paths: {@code /health} is that path, {@code /static/*} is {@code /static} and all below it,
 * {@code *.css} is every path that ends so. Immutable.
 *
 * <p>Only a path in normal form matches: one with an escape, a path parameter, an empty or a dot segment may be another path
 * to whoever answers it, and a client must not hide a request by the way it spells it.
 */
public final class PathPatterns {

    /** What is allowed, for whoever refuses a pattern. */
    public static final String ALLOWED = "/path, /path/* or *.ending, without blanks, %, ;, ?, #, // or other *";

    private final Set<String> exact;
    /** Arrays: they are gone through for every request, and a list would be by an object. */
    private final String[] folders;

    private final String[] endings;

    private PathPatterns(List<String> patterns) {
        exact = patterns.stream().filter(pattern -> !pattern.contains("*")).collect(Collectors.toUnmodifiableSet());
        endings = patterns.stream()
                .filter(pattern -> pattern.startsWith("*"))
                .map(pattern -> pattern.substring(1))
                .toArray(String[]::new);
        folders = patterns.stream()
                .filter(pattern -> pattern.startsWith("/") && pattern.endsWith("*"))
                .map(pattern -> pattern.substring(0, pattern.length() - 1))
                .toArray(String[]::new);
    }

    /**
     * Matches what any of these does.
     *
     * @throws IllegalArgumentException naming the pattern, and what is allowed
     */
    public static PathPatterns of(List<String> patterns) {
        for (String pattern : patterns) {
            if (!isWellFormed(pattern)) {
                throw new IllegalArgumentException(pattern + "; allowed: " + ALLOWED);
            }
        }
        return new PathPatterns(patterns);
    }

    private static boolean isWellFormed(String pattern) {
        if (pattern.startsWith("*.")) {
            String ending = pattern.substring(1);
            return ending.length() > 1 && ending.indexOf('/') < 0 && hasPlainCharacters(ending);
        }
        String path = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 1) : pattern;
        return path.startsWith("/") && hasPlainCharacters(path) && isNormal(path, 0);
    }

    private static boolean hasPlainCharacters(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f && "*?#".indexOf(c) < 0);
    }

    /**
     * Whether a path is matched.
     *
     * @param uri a request's raw path
     * @param from where in it the path begins, behind the application's context path
     */
    public boolean matches(String uri, int from) {
        return from <= uri.length() && isMatched(uri, from) && isNormal(uri, from);
    }

    private boolean isMatched(String uri, int from) {
        if (!exact.isEmpty() && exact.contains(from == 0 ? uri : uri.substring(from))) {
            return true;
        }
        for (String folder : folders) {
            boolean below = uri.startsWith(folder, from);
            boolean itself = uri.length() - from == folder.length() - 1
                    && uri.regionMatches(from, folder, 0, folder.length() - 1);
            if (below || itself) {
                return true;
            }
        }
        for (String ending : endings) {
            if (uri.endsWith(ending) && uri.length() - ending.length() >= from) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNormal(String path, int from) {
        for (int at = from; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c == '%' || c == ';' || c == '\\') {
                return false;
            }
            if (c == '/' && startsOddSegment(path, at + 1)) {
                return false;
            }
        }
        return true;
    }

    /** An empty segment that is not the last, or one of dots. */
    private static boolean startsOddSegment(String path, int at) {
        if (at == path.length()) {
            return false;
        }
        int dots = at;
        while (dots < path.length() && path.charAt(dots) == '.') {
            dots++;
        }
        boolean ends = dots == path.length() || path.charAt(dots) == '/';
        return ends && dots - at <= 2;
    }
}
