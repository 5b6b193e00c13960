package io.millisight.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.millisight.Millisight;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import io.millisight.observe.Outcome;
import io.millisight.servlet.MillisightListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/**
 * A real service as a user has it: an application in Tomcat 11 with our jars beside it, on a free port of the loopback address
 * and with a database of its own. Stopped and started again, it has its port and its data still.
 */
final class Shop implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Map<String, String> settings;
    private int port;
    private Tomcat tomcat;
    private Context context;

    private Shop(Map<String, String> settings) {
        this.settings = settings;
    }

    /** With these settings of ours, without the prefix; an empty one is left at the product's default. */
    static Shop start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "service", "shop",
                "instance", "shop-1",
                "data-dir", folder("data").toString(),
                "request-log-limit", "0",
                "exclude", "/metrics/*, /health/*", // what the page asks is no traffic of the shop
                "slow-threshold", "100ms"));
        all.putAll(settings);
        all.values().removeIf(String::isEmpty);
        Shop shop = new Shop(all);
        shop.begin();
        return shop;
    }

    static Shop start() {
        return start(Map.of());
    }

    /** With traffic of the time before its start: this life has seen none of it, and finds it in the store. */
    static Shop withPast(Duration range, int requests) {
        Shop shop = start();
        Traffic.past(shop, range, requests);
        shop.stop();
        shop.begin();
        return shop;
    }

    static Path folder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "run")), name)
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void begin() {
        Path base = folder("tomcat");
        tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setSilent(true);
        Connector connector = new Connector();
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        tomcat.setConnector(connector);
        context = tomcat.addContext("", base.toString());
        ((StandardContext) context).setClearReferencesThreadLocals(false); // which needs a JVM that is opened
        ((StandardContext) context).setClearReferencesRmiTargets(false);
        settings.forEach((name, value) -> context.addParameter("millisight." + name, value));
        context.addServletContainerInitializer(new WsSci(), null);
        context.addApplicationListener(MillisightListener.class.getName());
        Wrapper application = Tomcat.addServlet(context, "shop", new Application());
        for (String pattern : new String[] {"/products", "/orders/*", "/reports", "/broken", "/"}) {
            application.addMapping(pattern);
        }
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
        port = connector.getLocalPort();
    }

    void stop() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (tomcat.getServer().getState().isAvailable()) { // not stopped before
            stop();
        }
    }

    Millisight millisight() {
        return (Millisight) context.getServletContext().getAttribute(Millisight.class.getName());
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    String dashboard() {
        return url("/metrics/dashboard");
    }

    /** Sends so many requests, one after the other, over HTTP. */
    void visit(String path, int times) {
        for (int i = 0; i < times; i++) {
            get(path, "*/*");
        }
    }

    /** Records a request that completed so long ago, as the filter would have. */
    void record(String endpoint, int status, double millis, Duration ago) {
        int blank = endpoint.indexOf(' ');
        long end = System.nanoTime() - ago.toNanos();
        millisight()
                .record(
                        endpoint.substring(0, blank),
                        endpoint.substring(blank + 1),
                        status,
                        Outcome.COMPLETED,
                        false,
                        end - (long) (millis * 1e6),
                        end,
                        null,
                        endpoint.substring(blank + 1));
    }

    /** Adds a health check, which turns at its first answer. */
    void check(String name, Supplier<HealthResult> probe) {
        millisight()
                .health()
                .add(HealthCheck.named(name, timeout -> probe.get())
                        .interval(Duration.ofMillis(200))
                        .failures(1)
                        .successes(1)
                        .build());
    }

    /** What the API says. */
    JsonObject ask(String path) {
        return parsed(get(path, "application/json")).getAsJsonObject();
    }

    HttpResponse<String> get(String path, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url(path)))
                .header("Accept", accept);
        if (settings.containsKey("token")) {
            request.header("Authorization", "Bearer " + settings.get("token"));
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonElement parsed(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2 && response.statusCode() != 503) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return JsonParser.parseString(response.body());
    }

    static String encoded(String parameter) {
        return URLEncoder.encode(parameter, StandardCharsets.UTF_8);
    }

    /** Fast, slow, failing and unknown pages. */
    private static final class Application extends HttpServlet {

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (request.getServletPath()) {
                case "/products" -> answer(response, 1);
                case "/orders" -> answer(response, 4);
                case "/reports" -> answer(response, 120);
                case "/broken" -> response.sendError(500);
                default -> response.sendError(404);
            }
        }

        private static void answer(HttpServletResponse response, long millis) throws IOException {
            LockSupport.parkNanos(millis * 1_000_000);
            response.setContentType("text/plain");
            response.getWriter().print("ok");
        }
    }
}
