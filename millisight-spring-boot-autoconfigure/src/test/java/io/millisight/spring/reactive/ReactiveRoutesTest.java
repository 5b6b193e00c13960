package io.millisight.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.AccessRule;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Outcome;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.TimeRange;
import io.millisight.spring.StartLine;
import io.millisight.spring.reactive.Wire.Answer;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** The routes in a WebFlux application, and what it registers. On whichever server the class path has. */
class ReactiveRoutesTest {

    private static final String TOKEN = "0123456789abcdef";

    private static final int MANY = 60_000;

    @TempDir
    private Path data;

    private ReactiveService service;

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void leavesExcludedPathsOutAndShowsServerTiming() throws Exception {
        start(List.of("--millisight.exclude=/mono/*", "--millisight.server-timing=true"), ReactiveShop.Pages.class);

        Answer excluded = ask("GET", "/mono/17");
        String metrics = ask("GET", "/metrics").body();

        assertThat(excluded.header("x-response-time")).hasSize(1);
        assertThat(excluded.header("server-timing")).singleElement().asString().matches("app;dur=\\d+\\.\\d\\d");
        assertThat(metrics).contains("\"total_requests\":0,").contains("\"in_flight\":1,");
        assertThat(service.takeOne().endpoint().route()).isEqualTo("/metrics");
        assertThat(service.millisight().inFlight().count()).isZero();
    }

    @Test
    void servesTheMetricsAndHealth() throws Exception {
        start(List.of(), ReactiveShop.Pages.class);
        ask("GET", "/mono/17");

        assertThat(ask("GET", "/metrics").body())
                .contains("\"total_requests\":1,")
                .contains("GET /mono/{id}");
        assertThat(ask("GET", "/metrics/performance?hours=2").body()).contains("\"hours\":2");
        assertThat(ask("GET", "/metrics/performance?hours=0").status()).isEqualTo(400);
        assertThat(ask("GET", "/metrics/typo").body()).contains("/metrics/performance");
        assertThat(ask("GET", "/health").body()).contains("\"checks\":{");
        assertThat(ask("HEAD", "/metrics").header("content-type"))
                .singleElement()
                .asString()
                .startsWith("application/json");
        assertThat(ask("OPTIONS", "/metrics").status()).isEqualTo(204);
        assertThat(ask("GET", "/%6detrics").status()).isEqualTo(404);
        assertThat(ask("DELETE", "/metrics").status()).isEqualTo(204);
        List<StoredRequest> recorded = service.take(10);
        assertThat(recorded)
                .extracting(request -> request.endpoint().name())
                .startsWith(
                        "GET /mono/{id}",
                        "GET /metrics",
                        "GET /metrics/performance",
                        "GET /metrics/performance",
                        "GET /metrics/**",
                        "GET /health",
                        "HEAD /metrics");
    }

    /** On a connection of its own: a server may close it after a bad request. */
    private Answer ask(String method, String path) throws IOException {
        try (Wire wire = service.connect()) {
            return wire.exchange(method, path);
        }
    }

    /** Many more bytes than the sockets between us hold. */
    @Test
    void streamsAnExportAsItsReaderTakesIt() throws Exception {
        start(List.of("--millisight.store=sqlite"), ReactiveShop.Pages.class);
        recordMany();
        try (Wire stalled = new Wire(service.port(), 4 * 1024)) {
            stalled.send(Wire.request("GET", "/metrics/requests", "Accept: application/x-ndjson"));
            await(() -> exporting(Thread.State.WAITING));

            try (Wire other = service.connect()) {
                assertThat(other.exchange("GET", "/mono/1").body()).isEqualTo("mono 1");
                assertThat(other.exchange("GET", "/health").status()).isEqualTo(200);
            }
            Answer all = stalled.answer(false);
            assertThat(all.cut()).isFalse();
            assertThat(all.body().lines().filter(line -> line.contains("GET /many")))
                    .hasSize(MANY);
        }
        await(() -> !exporting(Thread.State.WAITING));
    }

    @Test
    void letsGoOfAnExportWhoseReaderLeaves() throws Exception {
        start(List.of("--millisight.store=sqlite"), ReactiveShop.Pages.class);
        recordMany();
        try (Wire stalled = new Wire(service.port(), 4 * 1024)) {
            stalled.send(Wire.request("GET", "/metrics/requests", "Accept: application/x-ndjson"));
            await(() -> exporting(Thread.State.WAITING));
        }

        await(() -> !exporting(Thread.State.WAITING) && !exporting(Thread.State.RUNNABLE));
    }

    /** As Reactor Netty does when the client leaves while the first chunk is awaited. */
    @Test
    void letsGoOfAnExportOfWhichTheServerTakesTheFirstChunkAndNoMore() throws Exception {
        start(List.of("--millisight.store=sqlite"), ReactiveShop.Pages.class, WritesNothing.class);
        recordMany();

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/metrics/requests", "Accept: application/x-ndjson")
                            .status())
                    .isEqualTo(500);
        }

        await(() -> !exporting(Thread.State.WAITING) && !exporting(Thread.State.RUNNABLE));
    }

    @Configuration(proxyBeanMethods = false)
    static class WritesNothing {

        @Bean
        WebFilter takesOneChunkAndFails() {
            return (exchange, chain) -> chain.filter(exchange.mutate()
                    .response(new ServerHttpResponseDecorator(exchange.getResponse()) {
                        @Override
                        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
                            return firstOf(body).flatMap(chunk -> Mono.error(new IOException("gone")));
                        }
                    })
                    .build());
        }

        /** Unlike {@link Mono#from}, it does not cancel when it has what it wants. */
        private static Mono<DataBuffer> firstOf(Publisher<? extends DataBuffer> body) {
            return Mono.create(sink -> body.subscribe(new BaseSubscriber<DataBuffer>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(1);
                }

                @Override
                protected void hookOnNext(DataBuffer chunk) {
                    sink.success(chunk);
                }
            }));
        }
    }

    @Test
    void sendsTheLiveFeedAsEvents() throws Exception {
        start(List.of(), ReactiveShop.Pages.class);
        HttpResponse<Stream<String>> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + "/metrics/stream"))
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            List<String> frames =
                    lines.filter(line -> line.startsWith("data: ")).limit(3).toList();

            assertThat(answer.headers().firstValue("content-type"))
                    .get()
                    .asString()
                    .matches("text/event-stream; ?charset=utf-8");
            assertThat(frames.get(0)).contains("\"full\":true");
            assertThat(frames.subList(1, 3)).allMatch(frame -> frame.contains("\"full\":false"));
        }
    }

    @Test
    void sendsTheLiveFeedOverAWebSocket() throws Exception {
        start(List.of(), ReactiveShop.Pages.class);
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + service.port() + "/metrics/stream"), new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
                                messages.add(StandardCharsets.UTF_8.decode(data).toString());
                                from.request(1);
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);

        assertThat(messages.poll(30, TimeUnit.SECONDS)).contains("\"full\":true");
        assertThat(messages.poll(30, TimeUnit.SECONDS)).contains("\"full\":false");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    @Test
    void refusesAWebSocketOfAPageFromElsewhereAndAnswersWhoPolls() throws Exception {
        start(List.of(), ReactiveShop.Pages.class);
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange(
                                    "GET",
                                    "/metrics/stream",
                                    "Upgrade: websocket",
                                    "Connection: Upgrade",
                                    "Sec-WebSocket-Version: 13",
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                    "Origin: http://elsewhere.example")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(ask("GET", "/metrics/stream").body()).startsWith("{\"frames\":[{\"id\":");
    }

    /** A graceful stop waits for open requests; this one would never end. */
    @Test
    void endsTheLiveFeedBeforeAServerThatStopsWaitsForIt() throws Exception {
        start(List.of("--server.shutdown=graceful"), ReactiveShop.Pages.class);
        try (Wire wire = service.connect()) {
            wire.send(Wire.request("GET", "/metrics/stream", "Accept: text/event-stream"));
            await(() -> service.millisight().inFlight().count() > 0);
            long began = System.nanoTime();
            service.close();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(25));
        }
    }

    private void recordMany() {
        Millisight millisight = service.millisight();
        for (int i = 0; i < MANY; i++) {
            long now = System.nanoTime();
            millisight.record("GET", "/many", 200, Outcome.COMPLETED, false, now, now, "a user of some name", null);
        }
    }

    private static boolean exporting(Thread.State state) {
        return Thread.getAllStackTraces().entrySet().stream()
                .anyMatch(thread -> thread.getKey().getState() == state
                        && Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().endsWith("http.RequestRoutes")
                                        && frame.getMethodName().equals("export")));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void letsTheApplicationsOwnMappingsWinAndSaysSo() throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            start(List.of(), OwnMetrics.class, OwnFunctions.class);
        } finally {
            System.setErr(err);
        }

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/metrics").body()).isEqualTo("my own");
            assertThat(wire.exchange("GET", "/health").body()).isEqualTo("my own too");
            assertThat(wire.exchange("GET", "/metrics/slow").status()).isEqualTo(405);
            assertThat(wire.exchange("GET", "/metrics/performance").body()).contains("p95_response_time");
        }
        TakenPaths taken = service.context().getBean(TakenPaths.class);
        assertThat(taken.taken(service.context())).containsOnlyKeys("/metrics", "/metrics/slow", "/health");
        assertThat(logged.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("is mapped by the application"))
                .hasSize(3);
    }

    @Test
    void leavesNothingWhenDisabled() throws Exception {
        start(List.of("--millisight.enabled=false"), ReactiveShop.Pages.class);

        assertThat(service.context().getBeanNamesForType(Millisight.class)).isEmpty();
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/mono/1").header("x-response-time"))
                    .isEmpty();
            assertThat(wire.exchange("GET", "/metrics").status()).isEqualTo(404);
        }
    }

    @Test
    void servesBelowTheBasePathsOfBoth() throws Exception {
        start(
                List.of("--spring.webflux.base-path=/shop", "--millisight.base-path=/internal"),
                ReactiveShop.Pages.class);

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/shop/mono/1").body()).isEqualTo("mono 1");
            assertThat(wire.exchange("GET", "/shop/internal/metrics").body()).contains("GET /mono/{id}");
        }
        assertThat(service.context().getBean(StartLine.class).url())
                .isEqualTo("http://localhost:" + service.port() + "/shop/internal/metrics/dashboard");
    }

    @Test
    void keepsNoUserWhereIdsAreNotKept() throws Exception {
        start(List.of("--millisight.user-id=off"), ReactiveShop.Pages.class);
        ReactiveShop.LOOK_UPS.set(0);
        try (Wire wire = service.connect()) {
            wire.exchange("GET", "/anyone", "X-User: ada");
        }

        assertThat(service.takeOne().userId()).isNull();
        assertThat(ReactiveShop.LOOK_UPS).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "none, X-Forwarded-For, 127.0.0.1",
        "native, X-Forwarded-For, 127.0.0.1",
        "native, X-Forwarded-For, '127.0.0.1, 10.0.0.5'",
        "native, X-Forwarded-Host, localhost",
        "framework, X-Forwarded-For, 127.0.0.1",
        "framework, X-Forwarded-Host, localhost",
        "framework, Forwarded, for=127.0.0.1;host=localhost",
    })
    void refusesWhomAHeaderCallsLocal(String strategy, String header, String value) throws Exception {
        start(List.of("--server.forward-headers-strategy=" + strategy), ReactiveShop.Pages.class);

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/metrics", header + ": " + value).status())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource({"none", "framework"})
    void admitsThisMachine(String strategy) throws Exception {
        start(List.of("--server.forward-headers-strategy=" + strategy), ReactiveShop.Pages.class);

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/metrics").status()).isEqualTo(200);
        }
    }

    @Test
    void admitsWhoHasTheTokenOrWhomTheApplicationsRuleAdmits() throws Exception {
        start(List.of("--millisight.access=token", "--millisight.token=" + TOKEN), Admission.class);

        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/metrics").status()).isEqualTo(401);
            assertThat(wire.exchange("GET", "/metrics", "Authorization: Bearer " + TOKEN)
                            .status())
                    .isEqualTo(200);
            assertThat(wire.exchange("GET", "/metrics", "X-Admitted: yes").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersAsIfWeWereNotThereWhenOurClockFails() throws Exception {
        start(List.of(), ReactiveShop.Pages.class, FailingClock.class);
        FailingClock clock = service.context().getBean(FailingClock.class);
        clock.broken.set(true);
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/mono/1").body()).isEqualTo("mono 1");
            assertThat(wire.exchange("GET", "/flux").body()).endsWith("line 99\n");
            assertThat(wire.exchange("GET", "/throws/1").status()).isEqualTo(500);
        }
        clock.broken.set(false);

        ObservedHandler handler = service.context().getBean(ObservedHandler.class);
        assertThat(handler.faults().count()).isPositive();
        assertThat(service.millisight().ledger().dropped()).containsValue(3L);
    }

    @Test
    void answersAsIfWeWereNotThereWhenOurClockFailsInBetween() throws Exception {
        start(List.of(), ReactiveShop.Pages.class, FailingClock.class, Breaking.class);
        FailingClock clock = service.context().getBean(FailingClock.class);
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/breaks-the-clock").body()).isEqualTo("broken");
            clock.broken.set(false);
            assertThat(wire.exchange("GET", "/mono/1").body()).isEqualTo("mono 1");
        }

        assertThat(service.context().getBean(ObservedHandler.class).faults().count())
                .isPositive();
    }

    @Test
    void storesWhatWasRecordedWhenTheApplicationCloses() throws Exception {
        start(List.of("--millisight.store=sqlite", "--millisight.flush-interval=60s"), ReactiveShop.Pages.class);
        try (Wire wire = service.connect()) {
            wire.exchange("GET", "/mono/1");
        }
        service.close();
        service = null;

        try (Millisight again =
                Millisight.start(MillisightConfig.builder().dataDirectory(data).build())) {
            assertThat(again.requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), 10))
                            .requests())
                    .extracting(request -> request.endpoint().name())
                    .containsExactly("GET /mono/{id}");
        }
    }

    @Test
    void refusesABadValueNamingTheSetting() {
        assertThatThrownBy(() -> start(List.of("--millisight.access=maybe")))
                .rootCause()
                .hasMessageContaining("access: 'maybe'");
    }

    /** A command-line application has neither a filter nor an instance. */
    @Test
    void staysAwayFromWhatIsNoWebApplication() {
        SpringApplication application = new SpringApplication(ReactiveShop.class);
        application.setWebApplicationType(org.springframework.boot.WebApplicationType.NONE);

        try (var context = application.run("--millisight.data-dir=" + data)) {
            assertThat(context.getBeanNamesForType(MillisightHttp.class)).isEmpty();
        }
    }

    private void start(List<String> arguments, Class<?>... sources) {
        Class<?>[] all = Arrays.copyOf(sources, sources.length + 1);
        all[sources.length] = ReactiveShop.class;
        service = new ReactiveService(data, arguments, all);
    }

    @RestController
    static class OwnMetrics {

        @GetMapping("/metrics")
        Mono<String> metrics() {
            return Mono.just("my own");
        }

        @PostMapping("/metrics/slow")
        Mono<String> slow() {
            return Mono.just("my own");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFunctions {

        @Bean
        RouterFunction<ServerResponse> health() {
            return RouterFunctions.route()
                    .GET("/health", request -> ServerResponse.ok().bodyValue("my own too"))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Admission {

        @Bean
        AccessRule rule() {
            return exchange -> exchange.headers("x-admitted").contains("yes");
        }
    }

    /** Clocks that fail on request threads once they are broken. */
    @Configuration(proxyBeanMethods = false)
    static class FailingClock implements TimeSource {

        final AtomicBoolean broken = new AtomicBoolean();

        @Bean(destroyMethod = "close")
        Millisight millisight(io.millisight.MillisightSettings settings) {
            return Millisight.start(settings.config(), this);
        }

        @Override
        public long epochMicros() {
            return SYSTEM.epochMicros();
        }

        @Override
        public long nanoTime() {
            if (broken.get() && !Thread.currentThread().getName().startsWith("millisight-")) {
                throw new IllegalStateException("the clock is broken");
            }
            return SYSTEM.nanoTime();
        }
    }

    @RestController
    static class Breaking {

        private final FailingClock clock;

        Breaking(FailingClock clock) {
            this.clock = clock;
        }

        @GetMapping("/breaks-the-clock")
        Mono<String> breaks() {
            clock.broken.set(true);
            return Mono.just("broken");
        }
    }
}
