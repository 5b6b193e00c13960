package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Median;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** One subject in one round: a service that is started, warmed up, put under load again and again, and left alone, in this order. */
final class Stay {

    /** About a fifth of what the service can do on two cores, so that a request seldom meets another. */
    private static final int PER_SECOND = 3_000;

    private static final Pattern COUNTED = Pattern.compile("\"total_requests\":(\\d+)");
    private static final String NONE_DROPPED =
            "\"dropped\":{\"journal_full\":0,\"recorder_fault\":0,\"store_away\":0,\"torn\":0}";

    private final Subject subject;
    private final Effort effort;
    private final Load load;
    private final Service service;

    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
    private int sent = 1; // by the service's start
    private Histogram latencies = new Histogram(3);
    private double memoryMegabytes;
    private Duration cpuBeforeIdling = Duration.ZERO;
    private long nanosBeforeIdling;

    Stay(Subject subject, Effort effort, Load load, OtlpSink sink) throws IOException {
        this.subject = subject;
        this.effort = effort;
        this.load = load;
        service = new Service(subject, sink);
    }

    /** Until the JVM has compiled what a request runs, or nearly so. */
    void warmUp() throws Exception {
        load.closed(service.port(), effort.serviceWarmUps());
        sent += effort.serviceWarmUps();
    }

    /** One turn: so many requests, as fast as they are answered. */
    void turn() throws Exception {
        int requests = effort.serviceRequests();
        long allocated = service.allocatedBytes();
        Duration cpu = service.cpu();
        perSecond.add(requests * 1e9 / load.closed(service.port(), requests));
        cpuMicros.add(service.cpu().minus(cpu).toNanos() / 1e3 / requests);
        bytes.add((double) (service.allocatedBytes() - allocated) / requests);
        sent += requests;
    }

    void atFixedRate() throws Exception {
        latencies = load.open(service.port(), effort.serviceRequests(), PER_SECOND);
        sent += effort.serviceRequests();
    }

    void beginIdling() throws IOException {
        memoryMegabytes = service.memoryBytes() / 1e6;
        cpuBeforeIdling = service.cpu();
        nanosBeforeIdling = System.nanoTime();
    }

    /** What was found. */
    Measured.Round end() throws IOException, InterruptedException {
        double idleMillis =
                service.cpu().minus(cpuBeforeIdling).toNanos() * 1e3 / (System.nanoTime() - nanosBeforeIdling);
        if (subject.classPath().equals("millisight")) {
            requireAllCounted();
        }
        return new Measured.Round(
                service.startSeconds(),
                cpuMicros,
                Median.of(bytes),
                Median.of(perSecond),
                latencies,
                memoryMegabytes,
                idleMillis);
    }

    /** Every request that was sent, the first one and those to warm up too. */
    private void requireAllCounted() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + service.port() + "/metrics");
        String metrics = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher counted = COUNTED.matcher(metrics);
        if (!counted.find() || Integer.parseInt(counted.group(1)) != sent || !metrics.contains(NONE_DROPPED)) {
            throw new IllegalStateException(sent + " requests were sent, and there are: " + metrics);
        }
    }

    void close() throws IOException, InterruptedException {
        service.stop();
    }
}
