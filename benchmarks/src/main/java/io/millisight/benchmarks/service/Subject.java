package io.millisight.benchmarks.service;

import java.util.List;
import java.util.stream.Stream;

/**
 * One way to run the service.
 *
 * @param name as the table has it
 * @param classPath whose class path: a folder of benchmarks/service
 * @param arguments for its JVM; {@code %folder} is the service's own, empty folder, {@code %services} benchmarks/service,
 *     {@code %sink} where OTLP is taken
 */
record Subject(String name, String classPath, List<String> arguments) {

    static final Subject NONE = new Subject("none", "none");
    static final Subject STORING = new Subject(
            "**Millisight, every request stored**", "millisight", "-Dmillisight.data-directory=%folder/data");

    private static final Subject ACTUATOR = new Subject(
            "Actuator, Prometheus registry",
            "actuator",
            "-Dmanagement.endpoints.web.exposure.include=health,prometheus");
    private static final Subject OPENTELEMETRY = new Subject(
            "OpenTelemetry agent",
            "none",
            "-javaagent:%services/target/opentelemetry-javaagent.jar",
            "-Dotel.service.name=service");

    Subject(String name, String classPath, String... arguments) {
        this(name, classPath, List.of(arguments));
    }

    /** What can be told apart in seconds. */
    static List<Subject> few() {
        return List.of(NONE, STORING);
    }

    /** All, in groups: the first of each is what the others are compared with, and of the first it comes twice, to show the noise. */
    static List<List<Subject>> groups() {
        Subject again = NONE.named("none, again");
        List<Subject> onPlatformThreads = List.of(
                NONE,
                again,
                STORING,
                STORING.with("Millisight, in memory only", "-Dmillisight.store=memory"),
                ACTUATOR,
                ACTUATOR.with(
                        "Actuator, Prometheus registry, histogram",
                        "-Dmanagement.metrics.distribution.percentiles-histogram.http.server.requests=true"),
                new Subject(
                        "JavaMelody",
                        "javamelody",
                        "-Djavamelody.init-parameters.storage-directory=%folder/javamelody",
                        "-Djavamelody.init-parameters.http-transform-pattern=\\d+"),
                OPENTELEMETRY.with(
                        "OpenTelemetry agent, export off",
                        "-Dotel.traces.exporter=none",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none"),
                OPENTELEMETRY.with("OpenTelemetry agent, exporting", "-Dotel.exporter.otlp.endpoint=%sink"));
        if (Runtime.version().feature() < 21) {
            return List.of(onPlatformThreads);
        }
        return List.of(
                onPlatformThreads,
                Stream.of(NONE, again, STORING, ACTUATOR)
                        .map(Subject::onVirtualThreads)
                        .toList());
    }

    private Subject onVirtualThreads() {
        return with(name + ", virtual threads", "-Dspring.threads.virtual.enabled=true");
    }

    private Subject named(String other) {
        return new Subject(other, classPath, arguments);
    }

    private Subject with(String other, String... more) {
        return new Subject(
                other,
                classPath,
                Stream.concat(arguments.stream(), Stream.of(more)).toList());
    }
}
