package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks a URL: another service, or the readiness of an ML model server. Immutable; the {@code with} methods return copies.
 *
 * <p>Healthy is any answer 200 to 299, or exactly the one expected. Redirects are followed, five at most and never from
 * https to http; the headers given go along only while scheme, host and port stay the same. Over TLS the days that the
 * server's certificate is still valid are a detail, and fewer than {@value #MIN_TLS_DAYS} are degraded. The JVM's proxy
 * settings are not used: the question is whether this service reaches the other.
 */
public final class HttpProbe implements HealthProbe {

    /** A certificate that is valid for fewer days makes the check degraded. */
    public static final int MIN_TLS_DAYS = 14;

    private static final int MAX_REDIRECTS = 5;
    private static final int ANY_SUCCESS = 0;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private final URI url;
    private final int expected;
    private final @Nullable String wanted;
    private final @Nullable SSLContext context;
    private final Map<String, String> headers;

    private HttpProbe(
            URI url, int expected, @Nullable String wanted, @Nullable SSLContext context, Map<String, String> headers) {
        this.url = url;
        this.expected = expected;
        this.wanted = wanted;
        this.context = context;
        this.headers = headers;
    }

    /**
     * A probe of a URL.
     *
     * @param url http or https, without user and password; those go into a header
     * @throws IllegalArgumentException when it is not such a URL
     */
    public static HttpProbe of(URI url) {
        if (!isHttp(url) || url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("URL to check: scheme '" + url.getScheme() + "', host '" + url.getHost()
                    + "'" + (url.getRawUserInfo() == null ? "" : ", with user or password")
                    + "; allowed: http://host[:port][/path][?query] or https://, a password in a header");
        }
        return new HttpProbe(URI.create(url.toASCIIString()), ANY_SUCCESS, null, null, Map.of());
    }

    private static boolean isHttp(URI url) {
        return ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
                && url.getHost() != null;
    }

    /**
     * With this status alone being healthy; a redirect that is expected is not followed.
     *
     * @param status 200 to 599
     */
    public HttpProbe expecting(int status) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("expected HTTP status: " + status + "; allowed: 200 to 599");
        }
        return new HttpProbe(url, status, wanted, context, headers);
    }

    /** With a text that has to stand in the first 64 KiB of the body, read as UTF-8. */
    public HttpProbe bodyContains(String text) {
        return new HttpProbe(url, expected, text, context, headers);
    }

    /** With other certificates to trust, or to show, than those of the JVM. */
    public HttpProbe withSslContext(SSLContext context) {
        return new HttpProbe(url, expected, wanted, context, headers);
    }

    /**
     * With a header, such as {@code Authorization}.
     *
     * @throws IllegalArgumentException for a name or value HTTP does not allow; the message does not contain the value
     */
    public HttpProbe withHeader(String name, String value) {
        if (!HEADER_NAME.matcher(name).matches() || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("header of a URL to check: '" + Reason.line(name)
                    + "'; allowed: letters, digits and hyphens, and a value of one line");
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpProbe(url, expected, wanted, context, Map.copyOf(more));
    }

    @Override
    public HealthResult check(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        URI at = url;
        @Nullable Long daysLeft = null;
        for (int redirects = 0; ; redirects++) {
            HttpAnswer answer;
            try {
                answer = HttpAnswer.get(at, sameOrigin(at) ? headers : Map.of(), wanted != null, context, deadline);
            } catch (ProtocolException e) {
                return HealthResult.down(shown(at) + " does not speak HTTP, or not well: " + Reason.of(e, secrets()));
            } catch (IOException e) {
                DeadlineSocket.rethrowInterruption(e);
                return HealthResult.down(shown(at) + " cannot be asked: " + Reason.of(e, secrets()));
            }
            daysLeft = earlier(daysLeft, answer.certificate());
            String location = answer.location();
            if (answer.status() == expected || location == null || !REDIRECTS.contains(answer.status())) {
                return judged(answer, at, redirects, daysLeft);
            }
            URI next = resolved(at, location);
            String refusal = next == null
                    ? "to what is not a URL"
                    : redirects == MAX_REDIRECTS
                            ? "more than " + MAX_REDIRECTS + " times"
                            : isSecure(at) && !isSecure(next) ? "from https to http" : null;
            if (next == null || refusal != null) {
                return HealthResult.down(shown(url) + " redirects " + refusal + ", which is not followed")
                        .with("status_code", answer.status());
            }
            at = next;
        }
    }

    private HealthResult judged(HttpAnswer answer, URI at, int redirects, @Nullable Long daysLeft) {
        HealthResult result = HealthResult.healthy().with("status_code", answer.status());
        if (redirects > 0) {
            result = result.with("redirected_to", shown(at));
        }
        if (daysLeft != null) {
            result = result.with("tls_days_left", daysLeft);
        }
        boolean success =
                expected == ANY_SUCCESS ? answer.status() >= 200 && answer.status() < 300 : answer.status() == expected;
        if (!success) {
            return result.as(
                    HealthStatus.DOWN,
                    shown(at) + " answers " + answer.status() + " instead of "
                            + (expected == ANY_SUCCESS ? "2xx" : Integer.toString(expected)));
        }
        if (wanted != null && !answer.body().contains(wanted)) {
            return result.as(
                    HealthStatus.DOWN,
                    shown(at) + " answers " + answer.status() + ", but without '" + Reason.line(wanted)
                            + "' in the first " + HttpAnswer.MAX_BODY / 1024 + " KiB of its body");
        }
        if (daysLeft != null && daysLeft < MIN_TLS_DAYS) {
            return result.as(
                    HealthStatus.DEGRADED,
                    "the certificate of " + at.getHost()
                            + (daysLeft < 0 ? " has expired" : " expires in " + daysLeft + " days"));
        }
        return result;
    }

    private static @Nullable Long earlier(@Nullable Long days, @Nullable X509Certificate certificate) {
        if (certificate == null) {
            return days;
        }
        Duration left =
                Duration.between(Instant.now(), certificate.getNotAfter().toInstant());
        long found = Math.floorDiv(left.toSeconds(), TimeUnit.DAYS.toSeconds(1));
        return days == null ? found : Math.min(days, found);
    }

    private static @Nullable URI resolved(URI at, String location) {
        try {
            URI next = at.resolve(location);
            return isHttp(next) && next.getRawUserInfo() == null ? URI.create(next.toASCIIString()) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean sameOrigin(URI other) {
        return isSecure(url) == isSecure(other)
                && url.getHost().equalsIgnoreCase(other.getHost())
                && HttpAnswer.port(url) == HttpAnswer.port(other);
    }

    private static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** What a server could throw back at us, and is not to be shown. */
    private @Nullable String[] secrets() {
        return Stream.concat(headers.values().stream(), Stream.ofNullable(url.getRawQuery()))
                .toArray(String[]::new);
    }

    /** Without the query, which may hold a key. */
    private static String shown(URI url) {
        return url.getScheme() + "://" + url.getAuthority() + (url.getRawPath() == null ? "" : url.getRawPath());
    }
}
