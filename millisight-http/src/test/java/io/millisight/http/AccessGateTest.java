package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessGateTest {

    private static final String TOKEN = "correct-horse-battery";
    private static final String STRANGER = "203.0.113.7";

    private static final HttpConfig LOCAL = HttpConfig.defaults();
    private static final HttpConfig LOCAL_OR_TOKEN = new HttpConfig("/", Access.LOCAL, TOKEN);
    private static final HttpConfig TOKEN_ONLY = new HttpConfig("/", Access.TOKEN, TOKEN);
    private static final HttpConfig OPEN = new HttpConfig("/", Access.OPEN, null);
    private static final HttpConfig OPEN_WITH_TOKEN = new HttpConfig("/", Access.OPEN, TOKEN);

    private static final Map<String, HttpConfig> CONFIGS = Map.of(
            "local",
            LOCAL,
            "local+token",
            LOCAL_OR_TOKEN,
            "token",
            TOKEN_ONLY,
            "open",
            OPEN,
            "open+token",
            OPEN_WITH_TOKEN);

    @ParameterizedTest
    @CsvSource({
        // who is asking: this machine, a stranger without, with the wrong and with the right token, one the rule knows
        "local,       GET,    200, 403, 403, 403, 200",
        "local+token, GET,    200, 401, 401, 200, 200",
        "token,       GET,    401, 401, 401, 200, 200",
        "open,        GET,    200, 200, 200, 200, 200",
        "open+token,  GET,    200, 200, 200, 200, 200",
        "local,       HEAD,   200, 403, 403, 403, 200",
        "token,       OPTIONS,401, 401, 401, 200, 200",
        "local,       DELETE, 200, 403, 403, 403, 403",
        "local+token, DELETE, 200, 401, 401, 200, 401",
        "token,       DELETE, 401, 401, 401, 200, 401",
        "open,        DELETE, 200, 403, 403, 403, 403",
        "open+token,  DELETE, 200, 401, 401, 200, 401",
        "open,        POST,   200, 403, 403, 403, 403",
        "open,        get,    200, 403, 403, 403, 403",
    })
    void admitsByAccessMethodAndCaller(
            String config, String method, int local, int bare, int wrongToken, int rightToken, int known) {
        HttpConfig setting = Objects.requireNonNull(CONFIGS.get(config));
        assertThat(status(setting, request(method))).as("this machine").isEqualTo(local);
        assertThat(status(setting, request(method).from(STRANGER)))
                .as("a stranger")
                .isEqualTo(bare);
        assertThat(status(
                        setting, request(method).from(STRANGER).header("Authorization", "Bearer wrong-horse-battery")))
                .as("the wrong token")
                .isEqualTo(wrongToken);
        assertThat(status(setting, request(method).from(STRANGER).header("Authorization", "Bearer " + TOKEN)))
                .as("the right token")
                .isEqualTo(rightToken);
        assertThat(status(setting, exchange -> true, request(method).from(STRANGER)))
                .as("one the rule knows")
                .isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({
        "anyone:correct-horse-battery, 200",
        ":correct-horse-battery, 200",
        "anyone:wrong-horse-battery, 401",
        "correct-horse-battery, 401",
        "correct-horse-battery:, 401",
        "anyone:more:correct-horse-battery, 401",
    })
    void takesTheTokenAsThePasswordOfAnyone(String pair, int status) {
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));

        assertThat(status(TOKEN_ONLY, request("GET").header("Authorization", "Basic " + basic)))
                .isEqualTo(status);
        assertThat(status(TOKEN_ONLY, request("GET").header("Authorization", "basic  " + basic + " ")))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !!!", "Basic", "Basic ", "Digest Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"})
    void takesNoOtherCredentials(String header) {
        assertThat(status(TOKEN_ONLY, request("GET").header("Authorization", header)))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, 200",
        "http://elsewhere.example, 403",
        "http://localhost:9090, 403",
        "null, 403",
        "'', 200",
    })
    void opensAWebSocketForPagesOfItsOwnAlone(String origin, int status) {
        RecordingExchange upgrade = request("GET").header("Upgrade", "websocket");
        assertThat(status(LOCAL, origin.isEmpty() ? upgrade : upgrade.header("Origin", origin)))
                .isEqualTo(status);
        RecordingExchange opened = request("GET").header("Upgrade", "websocket");
        assertThat(status(OPEN, origin.isEmpty() ? opened : opened.header("Origin", origin)))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "::1",
                "0:0:0:0:0:0:0:1",
                "[::1]",
                "::1%lo",
                "0:0:0:0:0:0:0:1%0",
                "::ffff:127.0.0.1"
            })
    void takesEveryLoopbackAddressAsThisMachine(String address) {
        assertThat(status(LOCAL, request("GET").from(address))).isEqualTo(200);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "10.0.0.1",
                "128.0.0.1",
                "1.127.0.0",
                "0.0.0.0",
                "::",
                "::2",
                "fe80::1",
                "::ffff:10.0.0.1",
                "localhost",
                "127.0.0.1.example.org",
                "127.1",
                "2130706433",
                "0177.0.0.1",
                ":",
                "::1::",
                "127.0.0.256"
            })
    void takesNothingElseAsThisMachine(@Nullable String address) {
        assertThat(status(LOCAL, request("GET").from(address))).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LOCALHOST:1",
                "127.0.0.1",
                "127.0.0.1:8080",
                "127.255.1.2:65535",
                "[::1]",
                "[::1]:8080"
            })
    void takesTheseHostsAsThisMachine(String host) {
        assertThat(status(LOCAL, request("GET").header("Host", host))).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example",
                "evil.example:8080",
                "localhost@evil.example",
                "localhost:",
                "localhost:8080:1",
                "127.0.0.1.nip.io",
                "127.0.0.256",
                "127.0.0",
                "[::2]",
                "::1",
                "localhost:123456",
                "localhost ",
                "localhost:80\n"
            })
    void refusesEveryOtherHostAgainstDnsRebinding(String host) {
        assertThat(status(LOCAL, request("GET").header("Host", host))).isEqualTo(403);
    }

    @Test
    void refusesAnAbsentOrDoubledHost() {
        assertThat(status(LOCAL, request("GET").without("Host"))).isEqualTo(403);
        assertThat(status(
                        LOCAL,
                        request("GET")
                                .without("Host")
                                .header("host", "localhost")
                                .header("host", "localhost")))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "x-forwarded-proto",
                "X-Forwarded",
                "X-FORWARDED-PREFIX",
                "X-Real-IP",
                "Via",
                "CF-Connecting-IP",
                "CF-Ray",
                "True-Client-IP",
                "X-Client-IP",
                "X-Cluster-Client-IP",
                "Fastly-Client-IP",
                "X-Original-Forwarded-For",
                "X-Envoy-External-Address",
                "X-Azure-ClientIP",
                "X-Original-Host",
                "X-ARR-LOG-ID",
                "Client-IP",
                "X-Forward-For",
                "X_Forwarded_For",
                "Forwarded-For",
                "X-Originating-IP",
                "X-Real-Port",
                "X-Rewrite-URL",
                "X-ProxyUser-Ip",
                "Proxy-Client-IP",
                "WL-Proxy-Client-IP",
                "Incap-Client-IP",
                "X-Sucuri-ClientIP",
                "X-Appengine-User-IP",
                "X-Amz-Cf-Id",
                "X-Nf-Client-Connection-Ip",
                "X-Vercel-IP-City",
                "X-Akamai-Edgescape",
                "Akamai-Origin-Hop",
                "Ali-CDN-Real-IP",
                "X-Varnish",
                "Max-Forwards"
            })
    void refusesWhatAProxyHasForwarded(String header) {
        assertThat(status(LOCAL, request("GET").header(header, "127.0.0.1"))).isEqualTo(403);
        assertThat(status(LOCAL, request("GET").header(header, ""))).isEqualTo(403);
        assertThat(status(
                        LOCAL_OR_TOKEN, request("GET").header(header, "1").header("Authorization", "Bearer " + TOKEN)))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Basic " + TOKEN,
                TOKEN,
                "Bearer " + TOKEN + "x",
                "Bearer correct-horse-batter",
                "Bearer " + TOKEN + " " + TOKEN,
                "Bearer\t" + TOKEN,
                "Bearer Correct-Horse-Battery"
            })
    void refusesEveryOtherAuthorization(String authorization) {
        assertThat(status(TOKEN_ONLY, request("GET").header("Authorization", authorization)))
                .isEqualTo(401);
    }

    @Test
    void takesTheSchemeInAnyCaseAndTheTokenOnceOnly() {
        assertThat(status(TOKEN_ONLY, request("GET").header("Authorization", "bearer " + TOKEN)))
                .isEqualTo(200);
        assertThat(status(
                        TOKEN_ONLY,
                        request("GET")
                                .header("Authorization", "Bearer " + TOKEN)
                                .header("Authorization", "Bearer x")))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, http://localhost:8080, 200",
        "localhost:8080, http://LOCALHOST:8080, 200",
        "localhost:8080, https://localhost:8080, 200",
        "localhost,      http://localhost:80, 200",
        "localhost:443,  https://localhost, 200",
        "localhost:8080, http://localhost:3000, 403",
        "localhost:8080, http://localhost, 403",
        "localhost:8080, http://127.0.0.1:8080, 403",
        "localhost:8080, http://evil.example, 403",
        "localhost:8080, http://evil.example/localhost:8080, 403",
        "localhost:8080, null, 403",
        "localhost:8080, ftp://localhost:8080, 403",
    })
    void letsAPageOfItsOwnOriginWrite(String host, String origin, int status) {
        assertThat(status(LOCAL, request("DELETE").header("Host", host).header("Origin", origin)))
                .isEqualTo(status);
    }

    @Test
    void refusesTwoOriginsAndAnOriginWithoutHost() {
        String origin = "http://localhost:8080";
        assertThat(status(LOCAL, request("DELETE").header("Origin", origin).header("Origin", origin)))
                .isEqualTo(403);
        RecordingExchange hostless =
                request("DELETE").without("Host").header("Origin", origin).header("Authorization", "Bearer " + TOKEN);
        assertThat(status(LOCAL_OR_TOKEN, hostless)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"same-origin, 200", "none, 200", "same-site, 403", "cross-site, 403", "'', 403"})
    void believesTheBrowserAboutWhereAWriteComesFrom(String site, int status) {
        assertThat(status(LOCAL, request("DELETE").header("Sec-Fetch-Site", site)))
                .isEqualTo(status);
        assertThat(status(LOCAL, request("GET").header("Sec-Fetch-Site", site)))
                .as("reading is for the browser's own rules to refuse")
                .isEqualTo(200);
    }

    @Test
    void refusesACrossOriginWriteInSpiteOfTheToken() {
        RecordingExchange write =
                request("DELETE").header("Authorization", "Bearer " + TOKEN).header("Origin", "https://evil.example");
        assertThat(status(TOKEN_ONLY, write)).isEqualTo(403);
    }

    @Test
    void saysWhatToDo() {
        Problem noToken = refused(LOCAL, request("GET").from(STRANGER));
        assertThat(noToken.members().get("detail")).contains("this machine").contains("MILLISIGHT_TOKEN");
        assertThat(noToken.headers()).isEmpty();
        Problem token = refused(LOCAL_OR_TOKEN, request("GET").from(STRANGER));
        assertThat(token.members().get("detail"))
                .contains("Authorization: Bearer")
                .contains("this machine")
                .doesNotContain(TOKEN);
        assertThat(token.headers()).containsEntry("WWW-Authenticate", "Bearer realm=\"millisight\"");
        Problem tokenOnly = refused(TOKEN_ONLY, request("GET"));
        assertThat(tokenOnly.members().get("detail")).doesNotContain("this machine");
    }

    @Test
    void describesWhoMayRead() {
        assertThat(describe(LOCAL))
                .isEqualTo("readable from this machine only; set millisight.token to read from elsewhere");
        assertThat(describe(LOCAL_OR_TOKEN)).isEqualTo("readable from this machine, and from elsewhere with the token");
        assertThat(describe(TOKEN_ONLY)).isEqualTo("readable with the token only");
        assertThat(describe(OPEN)).isEqualTo("readable by everyone who can reach this port; writes need this machine");
        assertThat(describe(OPEN_WITH_TOKEN))
                .isEqualTo("readable by everyone who can reach this port; writes need the token or this machine");
        assertThat(new AccessGate(LOCAL_OR_TOKEN, exchange -> true).describe())
                .endsWith("; the application's own rule admits more");
    }

    private static Problem refused(HttpConfig config, RecordingExchange exchange) {
        return Objects.requireNonNull(new AccessGate(config, AccessRule.NONE).refusal(exchange));
    }

    private static String describe(HttpConfig config) {
        return new AccessGate(config, AccessRule.NONE).describe();
    }

    private static RecordingExchange request(String method) {
        return RecordingExchange.of(method, "/metrics");
    }

    private static int status(HttpConfig config, RecordingExchange exchange) {
        return status(config, AccessRule.NONE, exchange);
    }

    private static int status(HttpConfig config, AccessRule rule, RecordingExchange exchange) {
        Problem refusal = new AccessGate(config, rule).refusal(exchange);
        return refusal == null ? 200 : refusal.status();
    }
}
