package io.millisight.spring.health;

import io.avaje.json.mapper.JsonMapper;
import io.millisight.Millisight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application on a free port, with its metrics in memory and a quick pulse, asked over HTTP. */
public final class RunningService implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;
    private final String log;

    private RunningService(ConfigurableApplicationContext context, String log) {
        this.context = context;
        this.log = log;
    }

    /** Starts it with these settings, as on its command line, which win over ours. */
    public static RunningService start(List<String> settings, Class<?>... sources) {
        SpringApplication application = new SpringApplication(sources);
        application.setDefaultProperties(Map.of(
                "server.port", "0",
                "millisight.store", "memory",
                "millisight.health.interval", "200ms",
                "millisight.health.timeout", "2s"));
        PrintStream err = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            ConfigurableApplicationContext context = application.run(settings.toArray(String[]::new));
            return new RunningService(context, logged.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(err);
        }
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    /** What was logged while it started. */
    public String log() {
        return log;
    }

    public HttpResponse<String> get(String path) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .timeout(PATIENCE)
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(path, e);
        }
    }

    public Map<String, Object> json(String path) {
        return JSON.fromJsonObject(get(path).body());
    }

    /** The names of all checks at {@code /health}. */
    public Set<String> checks() {
        return object(json("/health"), "checks").keySet();
    }

    /** What {@code /health} says of a check, once it fits. */
    public Map<String, Object> awaitCheck(String name, Predicate<Map<String, Object>> fits) {
        return await("/health", answer -> object(object(answer, "checks"), name), fits);
    }

    /** What {@code /health} says of a check, once it has this status. */
    public Map<String, Object> awaitCheck(String name, String status) {
        return awaitCheck(name, check -> status.equals(check.get("status")));
    }

    /** What {@code /actuator/health} says of one of our checks, once it fits. */
    public Map<String, Object> awaitComponent(String name, Predicate<Map<String, Object>> fits) {
        return await("/actuator/health/millisight/" + name, answer -> answer, fits);
    }

    private Map<String, Object> await(
            String path,
            UnaryOperator<Map<String, Object>> part,
            Predicate<Map<String, Object>> fits) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Map<String, Object> answer = json(path);
            Map<String, Object> found = part.apply(answer);
            if (fits.test(found)) {
                return found;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in time: " + answer);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** The object of this name within another; empty where there is none. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(Map<String, Object> within, String name) {
        return (Map<String, Object>) within.getOrDefault(name, Map.of());
    }

    public Millisight millisight() {
        return context.getBean(Millisight.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
