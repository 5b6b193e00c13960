package io.millisight.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import io.millisight.MillisightConfig;
import io.millisight.observe.Outcome;
import io.millisight.observe.TimeSource;
import io.millisight.store.StoredRequest;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On the JDK's own server: each request one observation with the status that went over the wire, each response one header. */
class MillisightHttpServerFilterTest {

    private static final int ROUNDS = "full".equals(System.getProperty("battery")) ? 500 : 5;
    private static final byte[] TEXT = "hello, world".getBytes(StandardCharsets.US_ASCII);

    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.US_ASCII));

    @TempDir
    private Path data;

    private final CountDownLatch released = new CountDownLatch(1);
    private JdkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new JdkServer(data);
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static final HttpHandler SIZED = exchange -> answer(exchange, 200, TEXT);

    private static void answerUnchecked(HttpExchange exchange) {
        try {
            SIZED.handle(exchange);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final HttpHandler CHUNKED = exchange -> {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 100; i++) {
                out.write(TEXT);
                out.write('\n');
            }
            out.flush();
        }
    };

    @Test
    void leavesExcludedPathsOut() throws Exception {
        restartWith(JdkServer.settings(data).exclude(List.of("/files/*")));
        server.handle("/files", SIZED);
        server.handle("/pages", SIZED);

        HttpResponse<String> excluded = server.send("GET", "/files/one.css");
        server.send("GET", "/pages");

        assertThat(excluded.headers().allValues("X-Response-Time")).hasSize(1);
        assertThat(server.takeOne().endpoint().route()).isEqualTo("/pages");
        assertThat(server.millisight.inFlight().count()).isZero();
    }

    @Test
    void knowsWhatIsInFlight() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        server.handle("/slow", exchange -> {
            entered.countDown();
            await(released);
            SIZED.handle(exchange);
        });
        try (Socket socket = server.open("/slow", "")) {
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.millisight.inFlight().count()).isOne();
            released.countDown();
            assertThat(socket.getInputStream().read()).isPositive();
            server.takeOne();
            assertThat(server.millisight.inFlight().count()).isZero();
        }
    }

    @Test
    void showsServerTimingBesideTheApplicationsOwn() throws Exception {
        restartWith(JdkServer.settings(data).serverTiming(true));
        server.handle("/pages", exchange -> {
            exchange.getResponseHeaders().add("Server-Timing", "db;dur=3");
            SIZED.handle(exchange);
        });
        secured("/guarded", SIZED);

        List<String> entries = server.send("GET", "/pages").headers().allValues("Server-Timing");
        assertThat(entries).hasSize(2).endsWith("db;dur=3");
        assertThat(entries.get(0)).matches("app;dur=\\d+\\.\\d\\d");
        assertThat(server.send("GET", "/guarded", "Authorization", CREDENTIALS)
                        .headers()
                        .allValues("Server-Timing"))
                .singleElement()
                .asString()
                .startsWith("app;dur=");
    }

    private void restartWith(MillisightConfig.Builder settings) throws IOException {
        server.close();
        server = new JdkServer(TimeSource.SYSTEM, settings);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /orders, 200, GET /orders",
        "GET, /orders/17, 200, GET /orders/{id}",
        "GET, /orders/17/items, 200, GET /orders/{id}/items",
        "HEAD, /orders/17, 200, HEAD /orders/{id}",
        "BREW, /orders, 200, _OTHER /orders",
    })
    void recordsOnceUnderTheNormalizedPath(String method, String path, int status, String endpoint) throws Exception {
        server.handle("/orders", exchange -> {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(200, TEXT.length);
                exchange.close();
            } else {
                SIZED.handle(exchange);
            }
        });

        expect(method, path, status, endpoint);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 304, 400, 404, 500, 503})
    void recordsTheStatusThatWentOverTheWire(int status) throws Exception {
        server.handle("/status", exchange -> answer(exchange, status, new byte[0]));

        expect("GET", "/status", status, "GET /status");
    }

    @ParameterizedTest
    @CsvSource({"/shop, GET /shop/*", "/shop/, GET /shop/*", "/, GET {unmatched}"})
    void makesNoEndpointOfAPathThatWasRefused(String context, String endpoint) throws Exception {
        server.handle(context, exchange -> answer(exchange, 404, TEXT));

        expect("GET", "/shop/made-up", 404, endpoint);
    }

    @Test
    void recordsABodyOfNoAnnouncedLength() throws Exception {
        server.handle("/chunked", CHUNKED);

        expect("GET", "/chunked", 200, "GET /chunked");
    }

    @Test
    void recordsABodyByteByByteAndOneThatTheServerCloses() throws Exception {
        server.handle("/bytes", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.close();
        });

        expect("GET", "/bytes", 200, "GET /bytes");
    }

    private void expect(String method, String path, int status, String endpoint) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long sent = System.nanoTime();
            HttpResponse<String> response = server.send(method, path);
            long waited = System.nanoTime() - sent;

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.headers().allValues("x-response-time"))
                    .singleElement()
                    .asString()
                    .matches("\\d+\\.\\d\\dms");
            StoredRequest recorded = server.takeOne();
            assertRecorded(recorded, endpoint, status, Outcome.COMPLETED, false);
            assertThat(recorded.durationNanos()).isPositive().isLessThanOrEqualTo(waited);
        }
    }

    private static void assertRecorded(
            StoredRequest recorded, String endpoint, int status, Outcome outcome, boolean stream) {
        assertThat(recorded.endpoint().name()).isEqualTo(endpoint);
        assertThat(recorded.status()).isEqualTo(status);
        assertThat(recorded.outcome()).isEqualTo(outcome);
        assertThat(recorded.stream()).isEqualTo(stream);
    }

    @Test
    void recordsAnAnswerBeforeItsHandlerEnds() throws Exception {
        server.handle("/held", exchange -> {
            answer(exchange, 200, TEXT);
            await(released);
        });

        assertThat(server.send("GET", "/held").body()).isEqualTo("hello, world");

        assertRecorded(server.takeOne(), "GET /held", 200, Outcome.COMPLETED, false);
    }

    @Test
    void timesAnAnswerFromAnotherThreadUntilItIsThere() throws Exception {
        server.handle("/later", exchange -> new Thread(() -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    answerUnchecked(exchange);
                })
                .start());

        assertThat(server.send("GET", "/later").body()).isEqualTo("hello, world");

        StoredRequest recorded = server.takeOne();
        assertRecorded(recorded, "GET /later", 200, Outcome.COMPLETED, false);
        assertThat(recorded.durationNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Test
    void recordsAnExceptionBeforeTheAnswer() throws Exception {
        server.handle("/throws", exchange -> {
            throw new IllegalStateException("meant to fail");
        });

        readAll("/throws");

        assertRecorded(server.takeOne(), "GET /throws", 500, Outcome.EXCEPTION, false);
    }

    @Test
    void recordsAnExceptionInTheAnswerWithTheStatusThatWasSent() throws Exception {
        server.handle("/throws-late", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(TEXT);
            exchange.getResponseBody().flush(); // newer servers keep it until then
            throw new IllegalStateException("meant to fail");
        });

        assertThat(readAll("/throws-late")).startsWith("HTTP/1.1 200");

        assertRecorded(server.takeOne(), "GET /throws-late", 200, Outcome.EXCEPTION, false);
    }

    @Test
    void recordsAnExchangeThatIsClosedWithoutAnAnswer() throws Exception {
        server.handle("/closed", HttpExchange::close);

        assertThat(readAll("/closed")).isEmpty();

        assertRecorded(server.takeOne(), "GET /closed", 500, Outcome.EXCEPTION, false);
    }

    @Test
    void recordsAnAnswerThatFallsShort() throws Exception {
        server.handle("/short", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(TEXT);
            exchange.close();
        });

        readAll("/short");

        assertRecorded(server.takeOne(), "GET /short", 200, Outcome.EXCEPTION, false);
    }

    private String readAll(String path) throws IOException {
        return readAll(path, "");
    }

    private String readAll(String path, String headers) throws IOException {
        try (Socket socket = server.open(path, headers)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException reset) {
            return "";
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recordsAClientThatLeaves(boolean byteByByte) throws Exception {
        server.handle("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            while (true) {
                if (byteByByte) {
                    out.write('x');
                    out.flush();
                } else {
                    out.write(new byte[10_000]);
                }
            }
        });

        try (Socket socket = server.open("/endless", "")) {
            assertThat(socket.getInputStream().readNBytes(500)).hasSize(500);
        }

        assertRecorded(server.takeOne(), "GET /endless", 200, Outcome.CLIENT_ABORT, false);
    }

    @Test
    void recordsAnEventStreamWithItsTimeToTheFirstByte() throws Exception {
        server.handle("/events", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream;charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("data: one\n\n".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            await(released);
            exchange.close();
        });
        long sent = System.nanoTime();
        try (Socket socket = server.open("/events", "")) {
            assertThat(socket.getInputStream().readNBytes(50)).hasSize(50);
            long waited = System.nanoTime() - sent;
            assertThat(server.recorded()).as("recorded while open").isEmpty();
            released.countDown();
            StoredRequest recorded = server.takeOne();

            assertRecorded(recorded, "GET /events", 200, Outcome.COMPLETED, true);
            assertThat(recorded.durationNanos()).isLessThanOrEqualTo(waited);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void recordsWhatAnInnerFilterAnswers() throws Exception {
        server.handle("/limited", SIZED, new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                answer(exchange, 429, new byte[0]);
            }

            @Override
            public String description() {
                return "limit";
            }
        });

        expect("GET", "/limited", 429, "GET /limited");
    }

    @Test
    void recordsOnceWhereItIsAddedTwice() throws Exception {
        server.handle("/twice", SIZED, server.filter);

        expect("GET", "/twice", 200, "GET /twice");
    }

    /** As a compressing filter does. */
    @Test
    void countsTheBytesBeneathAStreamOfTheApplications() throws Exception {
        server.handle("/replaced", exchange -> {
            exchange.setStreams(null, new FilterOutputStream(exchange.getResponseBody()) {
                @Override
                public void write(int b) throws IOException {
                    out.write(b);
                    out.write(b);
                }
            });
            exchange.sendResponseHeaders(200, 2L * TEXT.length);
            exchange.getResponseBody().write(TEXT);
            exchange.getResponseBody().flush(); // newer servers keep it until then
            await(released);
            exchange.close();
        });

        assertThat(server.send("GET", "/replaced").body()).startsWith("hheelllloo");

        assertRecorded(server.takeOne(), "GET /replaced", 200, Outcome.COMPLETED, false);
    }

    @Test
    void recordsTheAuthenticatedUserAndWhoIsRefused() throws Exception {
        secured("/secret", SIZED);

        HttpResponse<String> refused = server.send("GET", "/secret");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("x-response-time")).hasSize(1);
        assertRecorded(server.takeOne(), "GET /secret", 401, Outcome.COMPLETED, false);

        HttpResponse<String> admitted = server.send("GET", "/secret", "Authorization", CREDENTIALS);
        assertThat(admitted.body()).isEqualTo("hello, world");
        assertThat(admitted.headers().allValues("x-response-time")).hasSize(1);
        StoredRequest recorded = server.takeOne();
        assertRecorded(recorded, "GET /secret", 200, Outcome.COMPLETED, false);
        assertThat(recorded.userId()).isEqualTo("ada");
    }

    /** Where the server authenticates, the exchange cannot be watched: the header's value is made when it is sent. */
    @Test
    void showsTheTimeUntilTheHeadWhereTheServerAuthenticates() throws Exception {
        secured("/slow", exchange -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            SIZED.handle(exchange);
        });
        secured("/throws", exchange -> {
            throw new IllegalStateException("meant to fail");
        });

        String shown = server.send("GET", "/slow", "Authorization", CREDENTIALS)
                .headers()
                .firstValue("x-response-time")
                .orElseThrow();
        assertThat(Double.parseDouble(shown.replace("ms", ""))).isGreaterThan(1);
        server.takeOne();

        readAll("/throws", "Authorization: " + CREDENTIALS + "\r\n");
        assertRecorded(server.takeOne(), "GET /throws", 500, Outcome.EXCEPTION, false);
    }

    @Test
    void countsAnAnswerThatCannotBeWatchedAsLost() throws Exception {
        secured("/later", exchange -> new Thread(() -> {
                    await(released);
                    answerUnchecked(exchange);
                })
                .start());
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return server.send("GET", "/later", "Authorization", CREDENTIALS)
                        .statusCode();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!server.millisight.ledger().dropped().containsValue(1L) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        released.countDown();

        assertThat(status.get()).isEqualTo(200);
        assertThat(server.millisight.ledger().dropped()).containsValue(1L);
    }

    private void secured(String path, HttpHandler handler) {
        server.handle(path, handler).setAuthenticator(new BasicAuthenticator("shop") {
            @Override
            public boolean checkCredentials(String user, String password) {
                return true;
            }
        });
    }

    @Test
    void showsTheApplicationTheExchangeThatThereIs() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        server.handle("/seen", exchange -> {
            exchange.setAttribute("key", "value");
            exchange.getResponseHeaders().set("X-Own", "own");
            String all =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + exchange.getProtocol() + " "
                            + exchange.getHttpContext().getPath() + " "
                            + exchange.getRequestHeaders().getFirst("X-Sent") + " "
                            + exchange.getAttribute("key") + " " + exchange.getPrincipal() + " "
                            + exchange.getRequestBody().readAllBytes().length + " "
                            + exchange.getRemoteAddress().getAddress().isLoopbackAddress() + " "
                            + exchange.getLocalAddress().getPort();
            exchange.sendResponseHeaders(202, -1);
            seen.complete(all + " " + exchange.getResponseCode());
            exchange.close();
        });

        HttpResponse<String> response = server.send("GET", "/seen?q=1", "X-Sent", "sent");

        assertThat(response.headers().firstValue("x-own")).contains("own");
        server.takeOne();
        assertThat(seen.get())
                .isEqualTo("GET /seen?q=1 HTTP/1.1 /seen sent value null 0 true " + server.port() + " 202");
    }

    @Test
    void leavesASecondHeadToTheServerToRefuse() throws Exception {
        server.handle("/twice-answered", exchange -> {
            exchange.sendResponseHeaders(200, TEXT.length);
            try {
                exchange.sendResponseHeaders(500, -1);
            } catch (IOException alreadySent) {
                exchange.getResponseBody().write(TEXT);
            }
            exchange.close();
        });

        expect("GET", "/twice-answered", 200, "GET /twice-answered");
    }

    @Test
    void isAnExchangeOverTlsWhereItIsOne(@TempDir Path other) throws Exception {
        try (JdkServer tls = new JdkServer(other)) {
            FakeHttpsExchange exchange = new FakeHttpsExchange();
            Filter.Chain chain = new Filter.Chain(List.of(), seen -> {
                assertThat(seen).isInstanceOf(HttpsExchange.class);
                assertThat(((HttpsExchange) seen).getSSLSession()).isSameAs(exchange.getSSLSession());
                seen.setAttribute("a", "b");
                seen.setStreams(null, null);
                assertThat(seen.getAttribute("a")).isEqualTo("b");
                assertThat(seen.getHttpContext()).isSameAs(exchange.getHttpContext());
                assertThat(seen.getRequestMethod()).isEqualTo("GET");
                assertThat(seen.getRequestURI().getPath()).isEqualTo("/secure");
                assertThat(seen.getRequestHeaders()).isEmpty();
                assertThat(seen.getProtocol()).isEqualTo("HTTP/1.1");
                assertThat(seen.getPrincipal()).isNull();
                assertThat(seen.getRemoteAddress()).isNull();
                assertThat(seen.getLocalAddress()).isNull();
                assertThat(seen.getRequestBody()).isNotNull();
                answer(seen, 200, TEXT);
                assertThat(seen.getResponseCode()).isEqualTo(200);
                assertThat(seen.getResponseHeaders()).containsKey("X-response-time");
            });

            tls.filter.doFilter(exchange, chain);

            assertRecorded(tls.takeOne(), "GET /secure", 200, Outcome.COMPLETED, false);
            assertThat(exchange.closed).isTrue();
        }
    }

    @Test
    void answersAsIfItWereNotThereWhenItsClockFails(@TempDir Path other) throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        TimeSource clock = new TimeSource() {
            @Override
            public long epochMicros() {
                return SYSTEM.epochMicros();
            }

            @Override
            public long nanoTime() {
                if (broken.get() && Thread.currentThread().getName().startsWith("pool")) {
                    throw new IllegalStateException("the clock is broken");
                }
                return SYSTEM.nanoTime();
            }
        };
        try (JdkServer failing = new JdkServer(other, clock)) {
            failing.handle("/ok", SIZED);
            failing.handle("/breaks", exchange -> {
                broken.set(true);
                SIZED.handle(exchange);
            });

            assertThat(failing.send("GET", "/breaks").body()).isEqualTo("hello, world");
            assertThat(failing.send("GET", "/ok").body()).isEqualTo("hello, world");
            broken.set(false);

            assertThat(failing.millisight.ledger().dropped()).containsValue(2L);
            assertThat(failing.filter.faults().count()).isEqualTo(3);
        }
    }
}
