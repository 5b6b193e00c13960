package io.millisight.matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The containers by name. Each is loaded only when it is asked for: no two share a class path. */
final class Containers {

    /** In the order of the table. */
    static final String[] NAMES = {"tomcat-10.1", "tomcat-11", "jetty-12.1", "undertow-2.3", "boot-3.5", "boot-4.1"};

    private Containers() {}

    static Container start(String name, boolean virtualThreads) throws Exception {
        return switch (name) {
            case "tomcat-10.1", "tomcat-11" -> new TomcatContainer(virtualThreads);
            case "jetty-12.1" -> new JettyContainer(virtualThreads);
            case "undertow-2.3" -> new UndertowContainer(virtualThreads);
            case "boot-3.5", "boot-4.1" -> new BootContainer(virtualThreads);
            default ->
                throw new IllegalArgumentException(
                        "matrix.container: " + name + "; allowed: " + String.join(", ", NAMES));
        };
    }

    /** The settings that every application of the matrix has. */
    static Map<String, String> settings() {
        return Map.of("millisight.data-dir", folder("data").toString(), "millisight.request-log-limit", "0");
    }

    static Path folder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "run")), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A thread for each task; by name, as Java 17 has none. */
    static Executor virtualThreads() throws ReflectiveOperationException {
        return (Executor)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
