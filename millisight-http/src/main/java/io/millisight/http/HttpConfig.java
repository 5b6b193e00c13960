package io.millisight.http;

import io.millisight.MillisightSettings;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the routes are and who may use them.
 *
 * @param basePath what stands before {@code /metrics}: {@code /}, or segments such as {@code /internal/monitor}
 * @param access who may read
 * @param token the secret that opens every route when sent as {@code Authorization: Bearer}; null for none
 */
public record HttpConfig(
        String basePath, Access access, @Nullable String token) {

    private static final Pattern BASE_PATH = Pattern.compile("/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");

    /** What RFC 6750 allows in a header. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{8,512}=*");

    public HttpConfig {
        if (!BASE_PATH.matcher(basePath).matches()) {
            throw new IllegalArgumentException("base-path: '" + basePath
                    + "'; allowed: '/', or segments of letters, digits and ._~- such as '/internal/monitor'");
        }
        if (token != null && !TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException("token: a value of " + token.length()
                    + " characters, not shown; allowed: 8 to 512 letters, digits and ._~+/-");
        }
        if (access == Access.TOKEN && token == null) {
            throw new IllegalArgumentException("token: none; allowed: 8 to 512 characters when access is 'token'");
        }
    }

    /** At {@code /metrics}, readable from this machine only. */
    public static HttpConfig defaults() {
        return new HttpConfig("/", Access.LOCAL, null);
    }

    /**
     * The defaults with the settings {@code base-path}, {@code access} and {@code token} applied.
     *
     * @throws IllegalArgumentException naming the setting, the value and what is allowed
     */
    public static HttpConfig from(MillisightSettings settings) {
        String basePath = settings.value("base-path");
        String access = settings.value("access");
        return new HttpConfig(
                basePath == null ? "/" : basePath,
                access == null ? Access.LOCAL : accessOf(access),
                settings.value("token"));
    }

    private static Access accessOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "local" -> Access.LOCAL;
            case "token" -> Access.TOKEN;
            case "open" -> Access.OPEN;
            default -> throw new IllegalArgumentException("access: '" + text + "'; allowed: local, token or open");
        };
    }

    /** The base path as a prefix of paths: empty for {@code /}. */
    String prefix() {
        return basePath.equals("/") ? "" : basePath;
    }

    /** Without the token: configurations end up in logs. */
    @Override
    public String toString() {
        return "HttpConfig[basePath=" + basePath + ", access=" + access + ", token=" + (token == null ? "none" : "set")
                + "]";
    }
}
