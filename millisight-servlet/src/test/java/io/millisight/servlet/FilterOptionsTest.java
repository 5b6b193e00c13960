package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.InFlight;
import io.millisight.observe.Observer;
import io.millisight.observe.TimeSource;
import io.millisight.observe.UserIdPolicy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is excluded, what is in flight, and {@code Server-Timing}, in a real container. */
class FilterOptionsTest {

    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Recordings recordings = new Recordings();
    private final InFlight inFlight = new InFlight();
    private final TestApplication application = new TestApplication();
    private final HttpClient client = HttpClient.newHttpClient();
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TomcatServer.KIND.start(context -> {
            MillisightFilter filter = new MillisightFilter(
                    new Observer(
                            recordings,
                            TimeSource.SYSTEM,
                            inFlight,
                            List.of("/ok", "/async-dispatch", "/throws", "/orders/*"),
                            UserIdPolicy.STORE,
                            true),
                    RouteResolver.servletMapping(),
                    UserIdResolver.principalName());
            register(context, "millisight", filter, MillisightFilter.dispatcherTypes());
            register(context, "own", new OwnTimings(), EnumSet.of(DispatcherType.REQUEST));
            context.addListener(filter.requestListener());
            application.register(context);
        });
    }

    /** An application that has timings to show itself. */
    private static final class OwnTimings implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            HttpServletResponse answer = (HttpServletResponse) response;
            answer.addHeader("Server-Timing", "db;dur=3");
            answer.flushBuffer();
            chain.doFilter(request, response);
        }
    }

    private static void register(
            ServletContext context, String name, Filter filter, EnumSet<DispatcherType> dispatches) {
        FilterRegistration.Dynamic registration = context.addFilter(name, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(dispatches, true, name.equals("own") ? "/created" : "/*");
    }

    @AfterEach
    void stop() throws Exception {
        application.released.countDown();
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ok", "/orders/17", "/async-dispatch", "/throws"})
    void recordsNothingOfAnExcludedPathAndTimesItAllTheSame(String path) throws Exception {
        assertThat(get(path).headers().allValues("x-response-time")).hasSize(1);

        get("/created");
        assertThat(recordings.next().path()).isEqualTo("/created");
        assertThat(recordings.waiting()).isZero();
        assertThat(inFlight.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"/ok;a=b, /ok", "/orders/../created, /created"})
    void recordsAPathThatIsSpeltInAnotherWay(String path, String route) throws Exception {
        get(path);

        assertThat(recordings.next().route()).isEqualTo(route);
    }

    @Test
    void countsARequestInFlightUntilItIsRecorded() throws Exception {
        CompletableFuture<HttpResponse<Void>> held = client.sendAsync(request("/events"), BodyHandlers.discarding());
        awaitInFlight(1);
        application.released.countDown();
        held.get();

        recordings.next();
        awaitInFlight(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/large", "/async-complete", "/async-throws", "/fails", "/forward", "/nowhere"})
    void hasNothingInFlightAfterAnyShape(String path) throws Exception {
        get(path);
        recordings.next();

        assertThat(inFlight.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ok", "/missing", "/large", "/async-complete"})
    void showsServerTimingOnce(String path) throws Exception {
        assertThat(get(path).headers().allValues("server-timing"))
                .singleElement()
                .asString()
                .matches("app;dur=\\d+\\.\\d\\d");
    }

    @Test
    void showsServerTimingBesideTheApplicationsOwn() throws Exception {
        List<String> timings = get("/created").headers().allValues("server-timing");

        assertThat(timings).hasSize(2).contains("db;dur=3").anyMatch(timing -> timing.startsWith("app;dur="));
    }

    private void awaitInFlight(long count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (inFlight.count() != count) {
            assertThat(System.nanoTime() - deadline)
                    .as("waiting for " + count + " in flight")
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .build();
    }
}
