package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import io.millisight.servlet.Recordings.Recorded;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must hold in every container: each request one observation, each response one header. */
abstract class ServletShapes {

    private final Recordings recordings = new Recordings();
    private final TestApplication application = new TestApplication();
    private final HttpClient client = HttpClient.newHttpClient();
    private TestServer server;

    abstract TestServer.Kind kind();

    /** Whether the container handles an exception before it tells the request's end. */
    abstract boolean seesErrorPages();

    @BeforeEach
    void start() throws Exception {
        server = kind().start(context -> {
            register(context, true);
            application.register(context);
        });
    }

    @AfterEach
    void stop() throws Exception {
        application.released.countDown();
        server.stop();
        assertThat(recordings.waiting()).as("recorded twice").isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/ok, 200, /ok",
        "/, 200, /",
        "/orders/17, 200, /orders/{id}",
        "/created, 201, /created",
        "/no-content, 204, /no-content",
        "/moved, 301, /moved",
        "/found, 302, /found",
        "/found-keeping-the-body, 302, /found-keeping-the-body",
        "/moved-keeping-the-body, 308, /moved-keeping-the-body",
        "/not-modified, 304, /not-modified",
        "/refused/by/path, 403, /refused/*",
        "/missing, 404, /missing",
        "/nowhere/at/all, 404, {unmatched}",
        "/conflict, 409, /conflict",
        "/fails, 500, /fails",
        "/fails-quietly, 500, /fails-quietly",
        "/large, 200, /large",
        "/large-text, 200, /large-text",
        "/sized, 200, /sized",
        "/sized-by-header, 200, /sized-by-header",
        "/sized-by-number, 200, /sized-by-number",
        "/sized-by-added-number, 200, /sized-by-added-number",
        "/sized-late, 200, /sized-late",
        "/flushed, 200, /flushed",
        "/closed, 200, /closed",
        "/reset, 200, /reset",
        "/rewritten, 200, /rewritten",
        "/forward, 200, /forward",
        "/async-complete, 200, /async-complete",
        "/async-empty, 204, /async-empty",
        "/async-dispatch, 200, /async-dispatch",
        "/async-restart, 200, /async-restart",
        "/async-nonblocking, 200, /async-nonblocking",
        "/async-wrapped, 200, /async-wrapped",
        "/async-past-the-filter, 200, /async-past-the-filter",
    })
    void recordsOnceWithTheStatusThatWentOverTheWire(String path, int status, String route) throws Exception {
        HttpResponse<byte[]> response = get(path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertTimed(response);
        assertRecorded("GET", route, status, Outcome.COMPLETED, path);
    }

    @ParameterizedTest
    @CsvSource({"/ok, 200", "/large, 200", "/missing, 404", "/async-dispatch, 200", "/sized, 200"})
    void timesHead(String path, int status) throws Exception {
        HttpResponse<byte[]> response = send("HEAD", path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertTimed(response);
        assertRecorded("HEAD", path, status, Outcome.COMPLETED, path);
    }

    /** What a process that is killed in between would lose. The first answer of a container teaches the filter its ways. */
    @ParameterizedTest
    @CsvSource({"/sized-and-held", "/sized-in-bytes-and-held", "/large-and-held", "/flushed-and-held"})
    void recordsAnAnswerOfAnnouncedLengthBeforeItsClientHasAllOfIt(String path) throws Exception {
        get("/sized");
        recordings.next();

        assertTimed(get(path));

        assertThat(recordings.waiting())
                .as("recorded while its handler still runs")
                .isEqualTo(1);
        application.released.countDown();
        assertRecorded("GET", path, 200, Outcome.COMPLETED, path);
    }

    @ParameterizedTest
    @CsvSource({"/ok", "/no-content", "/async-dispatch", "/async-restart", "/async-past-the-filter"})
    void recordsBeforeTheClientHasItsAnswer(String path) throws Exception {
        assertTimed(get(path));

        assertThat(recordings.waiting()).isEqualTo(1);
        recordings.next();
    }

    @Test
    void recordsTheStatusThatHasLeftWhenAnErrorPageComesTooLate() throws Exception {
        server.stop();
        server = kind().startWithErrorPage(context -> {
            register(context, true);
            application.register(context);
        });

        try (Socket socket = request("/throws-late")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer).startsWith("HTTP/1.1 200").containsOnlyOnce("X-Response-Time: ");
        }
        assertRecorded("GET", "/throws-late", 200, Outcome.EXCEPTION, "/throws-late");
    }

    @Test
    void recordsAMethodThatIsNotAllowed() throws Exception {
        HttpResponse<byte[]> response = send("POST", "/ok");

        assertThat(response.statusCode()).isEqualTo(405);
        assertTimed(response);
        assertRecorded("POST", "/ok", 405, Outcome.COMPLETED, "/ok");
    }

    @Test
    void recordsAnExceptionWithTheStatusItBecame() throws Exception {
        HttpResponse<byte[]> response = get("/throws");

        assertThat(response.statusCode()).isEqualTo(500);
        assertTimed(response);
        assertRecorded("GET", "/throws", 500, Outcome.EXCEPTION, "/throws");
    }

    @Test
    void recordsAnExceptionOfAnAsyncDispatch() throws Exception {
        HttpResponse<byte[]> response = get("/async-throws");

        assertThat(response.statusCode()).isEqualTo(500);
        assertTimed(response);
        assertRecorded("GET", "/async-throws", 500, Outcome.EXCEPTION, "/async-throws");
    }

    @Test
    void recordsTheStatusThatWasSentBeforeALateException() throws Exception {
        try (Socket socket = request("/throws-late")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer).startsWith("HTTP/1.1 200").containsOnlyOnce("X-Response-Time: ");
        }
        assertRecorded("GET", "/throws-late", 200, Outcome.EXCEPTION, "/throws-late");
    }

    @Test
    void recordsATimeout() throws Exception {
        HttpResponse<byte[]> response = get("/async-timeout");

        assertThat(response.statusCode()).isEqualTo(500);
        assertTimed(response);
        assertRecorded("GET", "/async-timeout", 500, Outcome.TIMEOUT, "/async-timeout");
    }

    @Test
    void recordsATimeoutThatTheApplicationAnswers() throws Exception {
        HttpResponse<byte[]> response = get("/async-timeout-answered");

        assertThat(response.statusCode()).isEqualTo(504);
        assertTimed(response);
        assertRecorded("GET", "/async-timeout-answered", 504, Outcome.TIMEOUT, "/async-timeout-answered");
    }

    @Test
    void recordsAnEventStreamWithItsTimeToFirstByte() throws Exception {
        long sentAt = System.nanoTime();
        HttpResponse<InputStream> response = client.send(to("GET", "/events"), BodyHandlers.ofInputStream());
        long longestToFirstByte = System.nanoTime() - sentAt;
        assertThat(response.headers().allValues("x-response-time")).hasSize(1);
        assertThat(recordings.waiting()).as("recorded while open").isZero();
        application.released.countDown();
        response.body().readAllBytes();

        Recorded recorded = recordings.next();
        assertThat(recorded.stream()).isTrue();
        assertThat(recorded.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(recorded.nanos()).isPositive().isLessThan(longestToFirstByte);
    }

    @Test
    void takesTheTimeoutOfAnEventStreamForItsEnd() throws Exception {
        HttpResponse<byte[]> response = get("/events-until-timeout");

        assertTimed(response);
        Recorded recorded = recordings.next();
        assertThat(recorded.stream()).isTrue();
        assertThat(recorded.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(recorded.status()).isEqualTo(200);
    }

    @Test
    void recordsAClientThatWentAway() throws Exception {
        try (Socket socket = request("/abort")) {
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            socket.setSoLinger(true, 0);
        }
        application.released.countDown();

        Recorded recorded = recordings.next();
        assertThat(recorded.outcome()).isEqualTo(Outcome.CLIENT_ABORT);
        assertThat(recorded.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/conflict, 409, COMPLETED",
        "/missing, 404, COMPLETED",
        "/async-throws, 503, EXCEPTION",
    })
    void recordsTheStatusOfTheErrorPageAndTheRouteBeforeIt(String path, int status, Outcome outcome) throws Exception {
        server.stop();
        server = kind().startWithErrorPage(context -> {
            register(context, true);
            application.register(context);
        });

        HttpResponse<byte[]> response = get(path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("the page for " + status);
        assertTimed(response);
        assertRecorded("GET", path, status, outcome, path);
    }

    @Test
    void recordsAnExceptionThatAnErrorPageAnswers() throws Exception {
        server.stop();
        server = kind().startWithErrorPage(context -> {
            register(context, true);
            application.register(context);
        });

        HttpResponse<byte[]> response = get("/throws");

        assertThat(response.statusCode()).isEqualTo(503);
        assertTimed(response);
        int recorded = seesErrorPages() ? 503 : 500;
        assertRecorded("GET", "/throws", recorded, Outcome.EXCEPTION, "/throws");
    }

    @ParameterizedTest
    @CsvSource({"/throws, 500, EXCEPTION", "/conflict, 409, COMPLETED", "/async-throws, 500, EXCEPTION"})
    void recordsFailuresWithoutTheRequestListenerToo(String path, int status, Outcome outcome) throws Exception {
        server.stop();
        server = kind().start(context -> {
            register(context, false);
            application.register(context);
        });

        assertTimed(get(path));
        assertRecorded("GET", path, status, outcome, path);
    }

    @Test
    void countsEveryRequestOfManyConnectionsExactly() throws Exception {
        int connections = 64;
        int each = 50;
        List<String> paths = List.of("/ok", "/missing", "/throws", "/async-dispatch", "/large");
        ExecutorService clients = Executors.newFixedThreadPool(connections);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                String path = paths.get(i % paths.size());
                running.add(clients.submit(() -> {
                    for (int sent = 0; sent < each; sent++) {
                        assertTimed(get(path));
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            clients.shutdownNow();
        }
        for (int i = 0; i < connections * each; i++) {
            recordings.next();
        }
    }

    private void register(ServletContext context, boolean listening) {
        MillisightFilter filter = new MillisightFilter(
                recordings.observer(), RouteResolver.servletMapping(), UserIdResolver.principalName());
        FilterRegistration.Dynamic registration = context.addFilter("millisight", filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        if (listening) {
            tellEnds(context, filter);
        }
    }

    /** How the filter learns of the ends of requests. */
    void tellEnds(ServletContext context, MillisightFilter filter) {
        context.addListener(filter.requestListener());
    }

    private void assertRecorded(String method, String route, int status, Outcome outcome, String path)
            throws Exception {
        Recorded recorded = recordings.next();
        assertThat(recorded)
                .usingRecursiveComparison()
                .ignoringFields("nanos")
                .isEqualTo(new Recorded(method, route, status, outcome, false, 0, null, path));
        assertThat(recorded.nanos()).isPositive();
    }

    private static void assertTimed(HttpResponse<?> response) {
        assertThat(response.headers().allValues("x-response-time"))
                .singleElement()
                .asString()
                .matches("\\d+\\.\\d\\dms");
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<byte[]> send(String method, String path) throws Exception {
        return client.send(to(method, path), BodyHandlers.ofByteArray());
    }

    private HttpRequest to(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private Socket request(String path) throws Exception {
        Socket socket = new Socket("localhost", server.port());
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
