package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import io.millisight.servlet.Recordings.Recorded;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Jersey in a real Tomcat, with nothing set up but the filter: routes are the templates of the resources. Runs on 4 and on 3.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JerseyTest {

    private static final int ROUNDS = "full".equals(System.getProperty("battery")) ? 500 : 5;

    private final Recordings recordings = new Recordings();
    private final HttpClient client = HttpClient.newHttpClient();
    private TestServer server;

    @BeforeAll
    void start() throws Exception {
        server = TomcatServer.KIND.start(this::register);
    }

    @AfterAll
    void stop() throws Exception {
        server.stop();
    }

    @AfterEach
    void nothingIsRecordedTwice() {
        assertThat(recordings.waiting()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /orders, 200, /orders",
        "POST, /orders, 201, /orders",
        "GET, /orders/17, 200, /orders/{id}",
        "HEAD, /orders/17, 200, /orders/{id}",
        "DELETE, /orders/17, 204, /orders/{id}",
        "GET, /orders/404, 404, /orders/{id}",
        "GET, /orders/409, 409, /orders/{id}",
        "GET, /orders/410, 410, /orders/{id}",
        "GET, /orders/17/items, 200, /orders/{id}/items",
        "GET, /orders/17/items/x, 200, /orders/{id}/items/{name}",
        "GET, /orders/17/events, 200, /orders/{id}/events",
        "GET, /later/17, 200, /later/{id}",
        "GET, /stage/17, 200, /stage/{id}",
        "GET, /timeout/17, 503, /timeout/{id}",
        "GET, /nowhere/at/all, 404, {unmatched}",
        "GET, /orders/17/nothing/here, 404, {unmatched}",
        "PUT, /orders/17, 405, {unmatched}",
        "GET, /refused, 401, {unmatched}",
    })
    void recordsOnceUnderTheTemplate(String method, String path, int status, String route) throws Exception {
        for (String application : List.of("", "/api")) {
            for (int round = 0; round < ROUNDS; round++) {
                HttpResponse<String> response = send(method, application + path);
                Recorded recorded = recordings.next();

                assertThat(response.statusCode()).isEqualTo(status);
                assertThat(response.headers().allValues("x-response-time")).hasSize(1);
                assertThat(recorded.route()).isEqualTo(route.startsWith("{") ? route : application + route);
                assertThat(recorded.status()).isEqualTo(status);
                assertThat(recorded.outcome()).isEqualTo(Outcome.COMPLETED);
            }
        }
    }

    @Test
    void recordsAnExceptionThatNobodyMaps() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(send("GET", "/orders/500").statusCode()).isEqualTo(500);

            Recorded recorded = recordings.next();
            assertThat(recorded.route()).isEqualTo("/orders/{id}");
            assertThat(recorded.status()).isEqualTo(500);
            assertThat(recorded.outcome()).isEqualTo(Outcome.EXCEPTION);
        }
    }

    /** Two applications: one for everything, and one below a path. */
    private void register(ServletContext context) {
        MillisightFilter filter = new MillisightFilter(
                recordings.observer(), RouteResolver.servletMapping(), UserIdResolver.principalName());
        FilterRegistration.Dynamic registration = context.addFilter("millisight", filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        context.addListener(filter.requestListener());
        for (String mapping : List.of("/*", "/api/*")) {
            ResourceConfig application = new ResourceConfig(
                    Orders.class, Later.class, Stages.class, Timeouts.class, Refusal.class, ConflictMapper.class);
            ServletRegistration.Dynamic jersey =
                    context.addServlet("jersey " + mapping, new ServletContainer(application));
            jersey.setAsyncSupported(true);
            jersey.addMapping(mapping);
        }
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    @Path("orders/")
    public static class Orders {

        @GET
        public String all() {
            return "all";
        }

        @POST
        public Response create() {
            return Response.status(201).build();
        }

        @GET
        @Path("{ id : [0-9]{1,9} }")
        public String one(@PathParam("id") int id) {
            switch (id) {
                case 404 -> throw new WebApplicationException(404);
                case 409 -> throw new Conflict();
                case 410 ->
                    throw new WebApplicationException(Response.status(410).build());
                case 500 -> throw new IllegalStateException("meant to fail");
                default -> {
                    return "order " + id;
                }
            }
        }

        @DELETE
        @Path("{id}")
        public void remove(@PathParam("id") String id) {}

        @GET
        @Path("/{id}/events/")
        public String events(@PathParam("id") String id) {
            return "events of " + id;
        }

        /** A locator: what it returns has the resources. */
        @Path("{id}/items")
        public Items items() {
            return new Items();
        }
    }

    public static class Items {

        @GET
        public String all() {
            return "items";
        }

        @GET
        @Path("{name}")
        public String one(@PathParam("name") String name) {
            return name;
        }
    }

    @Path("later/{id}")
    public static class Later {

        @GET
        public void later(@Suspended AsyncResponse response) {
            CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS).execute(() -> response.resume("later"));
        }
    }

    @Path("stage/{id}")
    public static class Stages {

        @GET
        public CompletionStage<String> stage() {
            return CompletableFuture.supplyAsync(
                    () -> "stage", CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
        }
    }

    @Path("timeout/{id}")
    public static class Timeouts {

        @GET
        public void never(@Suspended AsyncResponse response) {
            response.setTimeout(10, TimeUnit.MILLISECONDS);
        }
    }

    @PreMatching
    public static class Refusal implements ContainerRequestFilter {

        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getUriInfo().getPath().endsWith("refused")) {
                request.abortWith(Response.status(401).build());
            }
        }
    }

    public static class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    public static class ConflictMapper implements ExceptionMapper<Conflict> {

        @Override
        public Response toResponse(Conflict conflict) {
            return Response.status(409).entity("conflict").build();
        }
    }
}
