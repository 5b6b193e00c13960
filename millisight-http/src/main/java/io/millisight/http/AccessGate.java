package io.millisight.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides who passes, deny by default. Stands in front of the route table: who is refused learns nothing about which
 * routes exist. Immutable, any thread.
 *
 * <p>A caller is local when three things hold. The peer is a loopback address. No header says that somebody
 * forwarded the request, for then the peer is only the last proxy. And {@code Host} names this machine: a web page that
 * points its own name at 127.0.0.1 (DNS rebinding) makes the browser send that name.
 */
final class AccessGate {

    private static final Set<String> FORWARDING_HEADERS = Set.of(
            "forwarded",
            "forwarded-for",
            "via",
            "max-forwards",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "incap-client-ip",
            "x-sucuri-clientip",
            "x-rewrite-url",
            "x-varnish",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-remote-ip",
            "x-remote-addr",
            "x-host",
            "true-client-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "client-ip");

    private static final List<String> FORWARDING_PREFIXES = List.of(
            "x-forward",
            "x-real-",
            "x-original-",
            "x-originating-",
            "x-proxyuser-",
            "x-envoy-",
            "x-azure-",
            "x-arr-",
            "x-appengine-",
            "x-amz-cf-",
            "x-nf-",
            "x-vercel-",
            "x-akamai-",
            "akamai-",
            "ali-cdn-",
            "cf-",
            "cdn-");

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final Pattern LOCAL_HOST =
            Pattern.compile("(localhost|127(\\." + OCTET + "){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private static final String BEARER = "Bearer realm=\"millisight\"";
    private static final String BASIC =
            "Basic realm=\"millisight: any name, the token as password\", charset=\"UTF-8\"";

    private final HttpConfig config;
    private final AccessRule rule;

    AccessGate(HttpConfig config, AccessRule rule) {
        this.config = config;
        this.rule = rule;
    }

    /** Why this request must not pass, or null when it may. */
    @Nullable Problem refusal(Exchange exchange) {
        boolean reads = Permission.of(exchange.method()) == Permission.READ;
        if (reads && !(config.access() == Access.OPEN || mayWrite(exchange) || rule.admits(exchange))) {
            return refused("Reading", exchange);
        }
        if (!reads && !mayWrite(exchange)) {
            return refused("Writing", exchange);
        }
        // A browser lets any page open a WebSocket to anywhere and read it, unlike an answer.
        return (reads && !opensWebSocket(exchange)) || isSameOrigin(exchange)
                ? null
                : Problem.of(403, "cross-origin", "Cross-origin " + (reads ? "WebSocket" : "write"))
                        .detail(
                                "A page of another origin must not " + (reads ? "open a WebSocket" : "write")
                                        + ". Send the request from the page's own origin, or without Origin and Sec-Fetch-Site.");
    }

    private boolean mayWrite(Exchange exchange) {
        return isLocal(exchange) || hasToken(exchange);
    }

    private static boolean opensWebSocket(Exchange exchange) {
        return !exchange.headers("Upgrade").isEmpty();
    }

    private Problem refused(String what, Exchange exchange) {
        boolean local = config.access() != Access.TOKEN;
        String fromHere = " from this machine itself (address and Host of loopback, no proxy in between)";
        if (config.token() == null) {
            return Problem.of(403, "access-denied", "Access denied")
                    .detail(what + " is allowed" + fromHere
                            + ". To allow it from elsewhere, set millisight.token (environment: MILLISIGHT_TOKEN)"
                            + " and send it as 'Authorization: Bearer <token>'.");
        }
        return Problem.of(401, "token-needed", "Token needed")
                .detail(what + " needs the header 'Authorization: Bearer <token>' with the value of millisight.token"
                        + (local ? ", or must come" + fromHere : "") + ".")
                .header("WWW-Authenticate", isNavigation(exchange) ? BASIC : BEARER);
    }

    /** A person with a browser, which can ask for a password, and not for a token. */
    private static boolean isNavigation(Exchange exchange) {
        return exchange.headers("Accept").stream().anyMatch(types -> types.contains("text/html"));
    }

    private boolean isLocal(Exchange exchange) {
        return config.access() != Access.TOKEN
                && isLoopback(exchange.remoteAddress())
                && exchange.headerNames().stream().noneMatch(AccessGate::isForwarding)
                && namesThisMachine(only(exchange.headers("Host")));
    }

    private static boolean namesThisMachine(@Nullable String host) {
        return host != null && LOCAL_HOST.matcher(host).matches();
    }

    private static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT).replace('_', '-'); // some proxies write the one for the other
        return FORWARDING_HEADERS.contains(name) || FORWARDING_PREFIXES.stream().anyMatch(name::startsWith);
    }

    /** Takes literals alone: a name would be looked up, and the answer is not ours to trust. */
    private static boolean isLoopback(@Nullable String address) {
        if (address == null) {
            return false;
        }
        String literal = address.replaceFirst("%.*", "").replaceAll("[\\[\\]]", "");
        if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(literal).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Compares in a time that does not depend on where the two differ. */
    private boolean hasToken(Exchange exchange) {
        String sent = only(exchange.headers("Authorization"));
        String token = config.token();
        if (sent == null || token == null) {
            return false;
        }
        byte[] presented = presented(sent);
        return presented != null && MessageDigest.isEqual(presented, token.getBytes(StandardCharsets.UTF_8));
    }

    /** The token after {@code Bearer}, or as the password of anyone after {@code Basic}; null when neither is there. */
    private static byte @Nullable [] presented(String authorization) {
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).strip().getBytes(StandardCharsets.UTF_8);
        }
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            byte[] pair = Base64.getDecoder().decode(authorization.substring(6).strip());
            for (int i = 0; i < pair.length; i++) {
                if (pair[i] == ':') {
                    return Arrays.copyOfRange(pair, i + 1, pair.length);
                }
            }
            return null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** Browsers name the page's origin with every write; other clients send neither header. */
    private static boolean isSameOrigin(Exchange exchange) {
        for (String site : exchange.headers("Sec-Fetch-Site")) {
            if (!site.equals("same-origin") && !site.equals("none")) {
                return false;
            }
        }
        List<String> origins = exchange.headers("Origin");
        if (origins.isEmpty()) {
            return true;
        }
        String origin = only(origins);
        String host = only(exchange.headers("Host"));
        if (origin == null || host == null) {
            return false;
        }
        for (String scheme : List.of("http://", "https://")) {
            if (origin.startsWith(scheme)) {
                String defaultPort = scheme.equals("http://") ? ":80" : ":443";
                return withoutPort(origin.substring(scheme.length()), defaultPort)
                        .equalsIgnoreCase(withoutPort(host, defaultPort));
            }
        }
        return false;
    }

    private static String withoutPort(String authority, String port) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    /** The value of a header sent exactly once: two that differ are read differently by different parties. */
    private static @Nullable String only(List<String> values) {
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Who may read, in one sentence for the start-up log. */
    String describe() {
        boolean token = config.token() != null;
        String readers =
                switch (config.access()) {
                    case LOCAL ->
                        token
                                ? "from this machine, and from elsewhere with the token"
                                : "from this machine only; set millisight.token to read from elsewhere";
                    case TOKEN -> "with the token only";
                    case OPEN ->
                        "by everyone who can reach this port; writes need "
                                + (token ? "the token or this machine" : "this machine");
                };
        return "readable " + readers + (rule == AccessRule.NONE ? "" : "; the application's own rule admits more");
    }
}
