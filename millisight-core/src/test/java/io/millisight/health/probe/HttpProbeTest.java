package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's HTTP server, with TLS and without; against raw sockets where the other side means harm. */
class HttpProbeTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    static Path folder;

    private static SSLContext lasting;
    private static SSLContext expiring;
    private static SSLContext expired;

    private final List<HttpServer> servers = new ArrayList<>();
    private HttpServer server;

    @BeforeAll
    static void makeCertificates() throws Exception {
        lasting = Certificates.validFor(100, folder).context();
        expiring = Certificates.validFor(5, folder).context();
        expired = Certificates.validFor(-3, folder).context();
    }

    @BeforeEach
    void startServer() throws IOException {
        server = started(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private HttpServer secured(SSLContext context) throws IOException {
        HttpsServer secured = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(context));
        return started(secured);
    }

    private HttpServer started(HttpServer created) {
        created.start();
        servers.add(created);
        return created;
    }

    @AfterEach
    void stopServers() {
        servers.forEach(started -> started.stop(0));
    }

    private static HttpHandler answering(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            // 0 stands for chunks, -1 for nothing.
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    private static HttpHandler redirecting(String location) {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        };
    }

    private URI url(String path) {
        return url("http", server, path);
    }

    private static URI url(String scheme, HttpServer of, String path) {
        return URI.create(scheme + "://localhost:" + of.getAddress().getPort() + path);
    }

    private static URI url(Peer of) {
        return URI.create("http://localhost:" + of.port() + "/ready");
    }

    @Test
    void isHealthyForAnyStatusOfSuccess() throws Exception {
        server.createContext("/ready", answering(200, "ready"));
        server.createContext("/empty", answering(204, ""));

        HealthResult ready = HttpProbe.of(url("/ready")).check(LONG);
        HealthResult empty = HttpProbe.of(url("/empty")).check(LONG);

        assertThat(ready.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(ready.details()).containsOnlyKeys("status_code").containsEntry("status_code", 200L);
        assertThat(empty.status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDownForAnyOtherStatus() throws Exception {
        server.createContext("/ready", answering(503, "loading the model"));

        HealthResult result = HttpProbe.of(url("/ready?key=s3cr3t")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).isEqualTo(url("/ready") + " answers 503 instead of 2xx");
        assertThat(result.details()).containsEntry("status_code", 503L);
    }

    @Test
    void takesAnotherStatusForHealthyWhereItIsExpected() throws Exception {
        server.createContext("/private", answering(401, ""));
        server.createContext("/open", answering(200, ""));

        assertThat(HttpProbe.of(url("/private")).expecting(401).check(LONG).status())
                .isEqualTo(HealthStatus.HEALTHY);
        HealthResult open = HttpProbe.of(url("/open")).expecting(401).check(LONG);
        assertThat(open.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(open.message()).endsWith("answers 200 instead of 401");
    }

    @Test
    void looksForATextInTheBody() throws Exception {
        server.createContext("/ready", answering(200, "{\"models\": \"prêt\"}"));
        server.createContext("/none", answering(204, ""));

        assertThat(HttpProbe.of(url("/ready")).bodyContains("prêt").check(LONG).status())
                .isEqualTo(HealthStatus.HEALTHY);
        HealthResult without =
                HttpProbe.of(url("/ready")).bodyContains("loaded").check(LONG);
        assertThat(without.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(without.message()).endsWith("answers 200, but without 'loaded' in the first 64 KiB of its body");
        assertThat(HttpProbe.of(url("/none")).bodyContains("x").check(LONG).status())
                .isEqualTo(HealthStatus.DOWN);
    }

    @Test
    void readsABodyInChunks() throws Exception {
        server.createContext("/ready", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100; i++) {
                exchange.getResponseBody().write("0123456789".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
            exchange.getResponseBody().write("ready".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });

        assertThat(HttpProbe.of(url("/ready"))
                        .bodyContains("90123456789ready")
                        .check(LONG)
                        .status())
                .isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void readsABodyWithoutALength() throws Exception {
        try (Peer peer = Peer.thatAnswers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nall is ready")) {
            assertThat(HttpProbe.of(url(peer)).bodyContains("ready").check(LONG).status())
                    .isEqualTo(HealthStatus.HEALTHY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 99999999999", "X: y", "Transfer-Encoding: chunked"})
    void readsNoMoreOfABodyThanItMay(String header) throws Exception {
        try (Peer peer = Peer.thatFloods(
                "HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n" + (header.startsWith("T") ? "7fffffff; extended\r\n" : ""),
                'x')) {
            HealthResult result = HttpProbe.of(url(peer)).bodyContains("ready").check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("but without 'ready'");
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "+PONG\\r\\n | does not speak HTTP, or not well: it says '+PONG'",
                "HTTP/2 200\\r\\n | it says 'HTTP/2 200'",
                "'' | closes the connection without an answer",
                "HTTP/1.1 200 O | closes the connection in the middle of its answer",
                "HTTP/1.1 200 OK\\r\\nContent-Length: -5\\r\\n\\r\\n | a body of '-5' bytes",
                "HTTP/1.1 200 OK\\r\\nContent-Length: many\\r\\n\\r\\n | a body of 'many' bytes",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 50\\r\\n\\r\\nshort | closes the connection in the middle",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n-5\\r\\n | a body of '-5' bytes",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nlong\\r\\n | longer than announced",
            })
    void isDownForAnAnswerThatIsNone(String answer, String said) throws Exception {
        try (Peer peer = Peer.thatAnswers(answer.replace("\\r\\n", "\r\n"))) {
            HealthResult result = HttpProbe.of(url(peer)).bodyContains("ready").check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).startsWith(url(peer).toString()).contains(said);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"})
    void isDownInTimeWhenTheAnswerDrips(String first) throws Exception {
        try (Peer peer = Peer.thatDrips(first, 'x')) {
            long start = System.nanoTime();
            HealthResult result = HttpProbe.of(url(peer)).bodyContains("ready").check(SHORT);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).isEqualTo(url(peer) + " cannot be asked: no answer in time");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void neverShowsAKeyThatIsThrownBackAtIt() throws Exception {
        try (Peer echo = Peer.that((peer, in, out) -> {
            byte[] request = new byte[8192];
            out.write(request, 0, in.read(request));
        })) {
            HealthResult result = HttpProbe.of(URI.create(url(echo) + "?" + "x".repeat(240) + "=s3cr3t"))
                    .check(LONG);

            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("it says 'GET /ready?***").doesNotContain("xxx");
        }
    }

    @Test
    void refusesHeadersWithoutEnd() throws Exception {
        try (Peer peer = Peer.thatFloods("HTTP/1.1 200 OK\r\nX: ", 'x')) {
            HealthResult result = HttpProbe.of(url(peer)).check(LONG);

            assertThat(result.message()).contains("headers of more than 65536 bytes");
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void endsWhenInterrupted() throws Exception {
        try (Peer peer = Peer.thatIsSilent()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread checking = new Thread(() -> {
                try {
                    HttpProbe.of(url(peer)).check(Duration.ofMinutes(5));
                } catch (InterruptedException e) {
                    thrown.set(e);
                }
            });
            checking.start();
            checking.interrupt();
            checking.join(10_000);

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(peer.isLeftAlone()).isTrue();
        }
    }

    @Test
    void isDownWhereNothingListens() throws Exception {
        HealthResult result = HttpProbe.of(URI.create("http://[::1]:1")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).startsWith("http://[::1]:1 cannot be asked: ");
    }

    @Test
    void followsRedirects() throws Exception {
        server.createContext("/", redirecting("moved?again=1"));
        server.createContext("/moved", redirecting("/ready"));
        server.createContext("/ready", answering(200, "ready"));

        HealthResult result = HttpProbe.of(url("/")).bodyContains("ready").check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.details())
                .containsEntry("redirected_to", url("/ready").toString());
    }

    @ParameterizedTest
    @CsvSource({"/loop, more than 5 times", "ftp://localhost/, to what is not a URL", "http://[, to what is not a URL"})
    void doesNotFollowARedirect(String location, String why) throws Exception {
        server.createContext("/loop", redirecting(location));

        HealthResult result = HttpProbe.of(url("/loop")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).isEqualTo(url("/loop") + " redirects " + why + ", which is not followed");
    }

    @Test
    void doesNotFollowARedirectThatIsExpectedOrLeadsNowhere() throws Exception {
        server.createContext("/login", redirecting("/nowhere"));
        server.createContext("/lost", answering(302, ""));

        assertThat(HttpProbe.of(url("/login")).expecting(302).check(LONG).status())
                .isEqualTo(HealthStatus.HEALTHY);
        assertThat(HttpProbe.of(url("/lost")).check(LONG).message()).endsWith("answers 302 instead of 2xx");
    }

    @Test
    void neverFollowsARedirectFromHttpsToHttp() throws Exception {
        HttpServer secured = secured(lasting);
        secured.createContext("/ready", redirecting(url("/ready").toString()));

        HealthResult result = HttpProbe.of(url("https", secured, "/ready"))
                .withSslContext(lasting)
                .check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).contains("redirects from https to http");
    }

    @Test
    void sendsHeadersButNotToAnotherServer() throws Exception {
        List<String> seen = new ArrayList<>();
        HttpServer other = started(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        other.createContext("/", exchange -> answerAndNote(exchange, seen));
        server.createContext("/away", exchange -> {
            seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
            redirecting(url("http", other, "/").toString()).handle(exchange);
        });

        HttpProbe.of(url("/away"))
                .withHeader("Authorization", "Bearer t0ken")
                .withHeader("User-Agent", "shop")
                .check(LONG);

        assertThat(seen).containsExactly("Bearer t0ken", null);
    }

    private static void answerAndNote(HttpExchange exchange, List<String> seen) throws IOException {
        seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
        answering(200, "").handle(exchange);
    }

    @Test
    void tellsHowLongTheCertificateIsValid() throws Exception {
        HttpServer secured = secured(lasting);
        secured.createContext("/ready", answering(200, "ready"));

        HealthResult result = HttpProbe.of(url("https", secured, "/ready"))
                .withSslContext(lasting)
                .bodyContains("ready")
                .check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat((Long) result.details().get("tls_days_left")).isBetween(98L, 100L);
    }

    @Test
    void isDegradedWhenTheCertificateExpiresSoon() throws Exception {
        HttpServer secured = secured(expiring);
        secured.createContext("/ready", answering(200, "ready"));

        HealthResult result = HttpProbe.of(url("https", secured, "/ready"))
                .withSslContext(expiring)
                .check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message()).matches("the certificate of localhost expires in [45] days");
    }

    /** Whoever trusts a certificate by itself, not by who has signed it, gets through with an expired one. */
    @Test
    void isDegradedWhenATrustedCertificateHasExpired() throws Exception {
        HttpServer secured = secured(expired);
        secured.createContext("/ready", answering(200, "ready"));

        HealthResult result = HttpProbe.of(url("https", secured, "/ready"))
                .withSslContext(expired)
                .check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message()).isEqualTo("the certificate of localhost has expired");
    }

    @Test
    void isDownWhenTheCertificateIsNotTrusted() throws Exception {
        HealthResult result =
                HttpProbe.of(url("https", secured(lasting), "/ready")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).contains("unable to find valid certification path");
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        server.createContext("/ready", answering(200, "ready"));
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        HttpProbe.of(url("/ready")).check(LONG);

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(
                        thread -> !before.contains(thread) && !thread.getName().startsWith("HTTP-Dispatcher"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://localhost/", "/ready", "http:///ready", "https://user:s3cr3t@localhost/"})
    void refusesWhatIsNotAUrlToAsk(String url) {
        assertThatThrownBy(() -> HttpProbe.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowed: http://host")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void refusesHeadersAndStatusesThatHttpDoesNotAllow() {
        HttpProbe probe = HttpProbe.of(URI.create("http://localhost/"));

        assertThatThrownBy(() -> probe.withHeader("Bad Name", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> probe.withHeader("X", "s3cr3t\r\nY: z"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> probe.expecting(99)).hasMessageContaining("99").hasMessageContaining("200 to 599");
    }
}
