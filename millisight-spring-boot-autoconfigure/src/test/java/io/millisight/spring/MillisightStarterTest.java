package io.millisight.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.MillisightSettings;
import io.millisight.http.AccessRule;
import io.millisight.http.MillisightHttp;
import io.millisight.rollup.TimeRange;
import io.millisight.servlet.UserIdResolver;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A real application on a free port. Runs on both Boots from this one source. */
class MillisightStarterTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path data;

    private ConfigurableApplicationContext context;

    @AfterEach
    void stop() {
        if (context != null) {
            context.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /products/17, 200, GET /products/{id}",
        "HEAD, /products/17, 200, HEAD /products/{id}",
        "POST, /products, 201, POST /products",
        "GET, /empty, 204, GET /empty",
        "GET, /moved, 302, GET /moved",
        "GET, /same, 304, GET /same",
        "GET, /nowhere/at/all, 404, GET {unmatched}",
        "DELETE, /products, 405, DELETE {unmatched}",
        "GET, /fails, 500, GET /fails",
        "GET, /throws/5, 500, GET /throws/{id}",
        "GET, /deferred, 200, GET /deferred",
        "GET, /callable, 200, GET /callable",
        "GET, /streamed, 200, GET /streamed",
    })
    void recordsEveryShapeOnceUnderItsTemplate(String method, String path, int status, String endpoint)
            throws Exception {
        start(List.of(), TestShop.class, TestShop.Pages.class);

        HttpResponse<String> response = send(method, path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().allValues("x-response-time"))
                .singleElement()
                .asString()
                .matches("\\d+\\.\\d\\dms");
        stopServerThenExpect(endpoint, status);
    }

    @Test
    void servesTheMetricsAndNamesTheRightPathsForAMistypedOne() throws Exception {
        start(List.of(), TestShop.class, TestShop.Pages.class);

        assertThat(send("GET", "/metrics").body()).contains("total_requests");
        assertThat(send("GET", "/metrics/typo").body()).contains("/metrics/performance");
    }

    @Test
    void leavesNothingWhenDisabled() throws Exception {
        start(List.of("--millisight.enabled=false"), TestShop.class, TestShop.Pages.class);

        assertThat(context.getBeanNamesForType(Millisight.class)).isEmpty();
        assertThat(context.getBeanNamesForType(MillisightHttp.class)).isEmpty();
        assertThat(context.containsBean("millisightFilter")).isFalse();
        assertThat(send("GET", "/products/1").headers().firstValue("x-response-time"))
                .isEmpty();
        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(404);
    }

    @Test
    void letsTheApplicationsOwnMappingWin() throws Exception {
        start(List.of(), TestShop.class, OwnMetrics.class);

        assertThat(send("GET", "/metrics").body()).isEqualTo("my own");
        assertThat(send("GET", "/metrics/performance").body()).contains("p95_response_time");
        TakenPaths taken = context.getBean(TakenPaths.class);
        assertThat(taken.taken(context)).containsOnlyKeys("/metrics");
    }

    @Test
    void letsTheApplicationsOwnHealthWin() throws Exception {
        start(List.of(), TestShop.class, OwnHealth.class);

        assertThat(send("GET", "/health").body()).isEqualTo("my own");
        assertThat(send("GET", "/health/live").body()).contains("healthy");
        assertThat(context.getBean(TakenPaths.class).taken(context)).containsOnlyKeys("/health");
    }

    @Test
    void saysOnceForEachPathThatTheApplicationMapsIt() {
        PrintStream err = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            start(List.of(), TestShop.class, OwnMetricsTwice.class);
        } finally {
            System.setErr(err);
        }

        assertThat(logged.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("is mapped by the application"))
                .singleElement()
                .asString()
                .contains("/metrics is mapped");
    }

    @Test
    void storesTheRequestsThatEndWhileTheApplicationCloses() throws Exception {
        start(List.of("--server.shutdown=graceful"), TestShop.class, Closing.class);
        CompletableFuture<HttpResponse<String>> response = CompletableFuture.supplyAsync(() -> {
            try {
                return send("GET", "/until-closed");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        context.getBean(Closing.class).entered.await();

        stopServerThenExpect("GET /until-closed", 200);

        assertThat(response.get().body()).isEqualTo("closed");
    }

    @Test
    void recordsThePrincipalThatAnInnerFilterShows() throws Exception {
        start(List.of(), TestShop.class, TestShop.Pages.class, Security.class);

        send("GET", "/products/1");

        assertThat(stored()).singleElement().extracting(StoredRequest::userId).isEqualTo("ada");
    }

    @Test
    void recordsWhomTheApplicationsResolverNames() throws Exception {
        start(List.of(), TestShop.class, TestShop.Pages.class, Resolver.class);

        send("GET", "/products/1");

        assertThat(stored()).singleElement().extracting(StoredRequest::userId).isEqualTo("from the header");
    }

    @Test
    void lacksTheUserWhenIdsAreNotKept() throws Exception {
        start(List.of("--millisight.user-id=off"), TestShop.class, TestShop.Pages.class, Resolver.class);

        send("GET", "/products/1");

        assertThat(stored()).singleElement().extracting(StoredRequest::userId).isNull();
    }

    @Test
    void admitsWhomTheApplicationsRuleAdmits() throws Exception {
        start(
                List.of("--millisight.access=token", "--millisight.token=0123456789abcdef"),
                TestShop.class,
                Admission.class);

        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesAStrangerWhereATokenIsAsked() throws Exception {
        start(List.of("--millisight.access=token", "--millisight.token=0123456789abcdef"), TestShop.class);

        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(401);
    }

    @Test
    void bindsEverySetting() {
        start(
                List.of(
                        "--spring.application.name=shop",
                        "--millisight.instance=one",
                        "--millisight.store=memory",
                        "--millisight.journal-size=1MiB",
                        "--millisight.slow-threshold=250ms",
                        "--millisight.slow-thresholds.[GET /reports/{id}]=2s",
                        "--millisight.window=1m",
                        "--millisight.slice=5s",
                        "--millisight.max-endpoints=10",
                        "--millisight.user-id=hash",
                        "--millisight.request-log-limit=7",
                        "--millisight.flush-interval=2s",
                        "--millisight.exclude=/ping,*.css",
                        "--millisight.server-timing=true",
                        "--millisight.alert.factor=3",
                        "--millisight.alert.baseline-weight=0.8",
                        "--millisight.alert.minimum-requests=20",
                        "--millisight.alert.cooldown=1m",
                        "--millisight.alert.floor=5ms",
                        "--millisight.retention.requests=1d",
                        "--millisight.retention.request-bytes=1GiB",
                        "--millisight.retention.minutes=2d",
                        "--millisight.retention.hours=3d",
                        "--millisight.retention.health=4d",
                        "--millisight.health.interval=1s",
                        "--millisight.health.timeout=2s",
                        "--millisight.health.critical=database,ml_models",
                        "--millisight.health.redis=redis://localhost:1",
                        "--millisight.health.http.ml_models=http://localhost:1/ready",
                        "--millisight.base-path=/internal"),
                TestShop.class);

        MillisightConfig config = context.getBean(Millisight.class).config();
        assertThat(config.service()).isEqualTo("shop");
        assertThat(config.slowThresholds()).containsEntry("GET /reports/{id}", Duration.ofSeconds(2));
        assertThat(config.spike().minimumRequests()).isEqualTo(20);
        assertThat(config.exclude()).containsExactly("/ping", "*.css", "/internal/metrics/dashboard/*");
        assertThat(config.serverTiming()).isTrue();
        assertThat(config.retention().hours()).isEqualTo(Duration.ofDays(3));
        assertThat(config.retention().health()).isEqualTo(Duration.ofDays(4));
        assertThat(config.health().interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.health().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.health().critical()).containsExactlyInAnyOrder("database", "ml_models");
        assertThat(config.health().redis()).isEqualTo(URI.create("redis://localhost:1"));
        assertThat(config.health().http()).containsEntry("ml_models", URI.create("http://localhost:1/ready"));
        assertThat(context.getBean(MillisightHttp.class).paths()).allMatch(path -> path.startsWith("/internal/"));
        assertThat(context.getBean(StartLine.class).url()).matches("http://localhost:\\d+/internal/metrics/dashboard");
    }

    @ParameterizedTest
    @CsvSource({"slow-threshold, soon", "exclude, static", "journal-size, 3MiB", "access, maybe", "window, 1s"})
    void refusesABadValueNamingTheSetting(String setting, String value) {
        assertThatThrownBy(() -> start(List.of("--millisight." + setting + "=" + value), TestShop.class))
                .rootCause()
                .hasMessageContaining(setting)
                .hasMessageContaining("allowed");
    }

    @Test
    void hasAPropertyForEverySettingAndMixesNoneUp() {
        MillisightProperties properties = new MillisightProperties();
        BeanWrapper bean = PropertyAccessorFactory.forBeanPropertyAccess(properties);
        Set<String> texts = new TreeSet<>(MillisightSettings.names());
        texts.remove("enabled"); // Boot's condition reads it
        assertThat(bean.isWritableProperty("enabled")).isTrue();
        texts.removeAll(Set.of("slow-thresholds", "health.http")); // maps, bound in another test

        for (String name : texts) {
            bean.setPropertyValue(camelCase(name), "text of " + name);
        }

        MillisightSettings settings = properties.settings("application");
        assertThat(texts).isNotEmpty().allSatisfy(name -> {
            assertThat(bean.getPropertyValue(camelCase(name))).isEqualTo("text of " + name);
            assertThat(settings.value(name)).isEqualTo("text of " + name);
        });
    }

    private static String camelCase(String setting) {
        return Pattern.compile("-(.)").matcher(setting).replaceAll(match -> match.group(1)
                .toUpperCase(Locale.ROOT));
    }

    private void start(List<String> arguments, Class<?>... sources) {
        List<String> all = new ArrayList<>(List.of("--server.port=0", "--millisight.data-dir=" + data));
        all.addAll(arguments);
        context = new SpringApplication(sources).run(all.toArray(String[]::new));
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        String port = context.getEnvironment().getProperty("local.server.port");
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("X-User", "from the header")
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** Stopping the server waits for what it still handles, and Millisight, closed after it, stores everything. */
    private void stopServerThenExpect(String endpoint, int status) {
        assertThat(stored()).singleElement().satisfies(request -> {
            assertThat(request.endpoint().name()).isEqualTo(endpoint);
            assertThat(request.status()).isEqualTo(status);
        });
    }

    private List<StoredRequest> stored() {
        context.close();
        MillisightConfig config = MillisightConfig.builder().dataDirectory(data).build();
        try (Millisight again = Millisight.start(config)) {
            return again.requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), 10))
                    .requests();
        }
    }

    @RestController
    static class OwnMetrics {

        @GetMapping("/metrics")
        String metrics() {
            return "my own";
        }
    }

    @RestController
    static class OwnHealth {

        @GetMapping("/health")
        String health() {
            return "my own";
        }
    }

    @RestController
    static class OwnMetricsTwice {

        @GetMapping(path = "/metrics", params = "brief")
        String brief() {
            return "my own, in brief";
        }

        @GetMapping(path = "/metrics", params = "!brief")
        String metrics() {
            return "my own";
        }
    }

    /** Answers a request that was there before the context began to close, after that. */
    @RestController
    static class Closing {

        final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch closing = new CountDownLatch(1);

        @GetMapping("/until-closed")
        String untilClosed() throws InterruptedException {
            entered.countDown();
            closing.await();
            return "closed";
        }

        @EventListener(ContextClosedEvent.class)
        void onClosing() {
            closing.countDown();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Resolver {

        @Bean
        UserIdResolver users() {
            return request -> request.getHeader("X-User");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Admission {

        @Bean
        AccessRule rule() {
            return exchange -> true;
        }
    }

    /** As Spring Security does it: the principal is on a wrapper that the inside of the chain sees. */
    @Configuration(proxyBeanMethods = false)
    static class Security {

        @Bean
        FilterRegistrationBean<Filter> security() {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) ->
                    chain.doFilter(new Authenticated((HttpServletRequest) request), response));
            registration.setOrder(-100);
            return registration;
        }
    }

    private static final class Authenticated extends HttpServletRequestWrapper {

        Authenticated(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> "ada";
        }
    }
}
