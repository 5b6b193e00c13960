package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Median;
import io.millisight.benchmarks.Table;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** A whole service with and without what watches it: all of them run at the same time, and take turns under load. */
public final class ServiceFigures {

    private static final int PER_SECOND = 2_000;
    private static final int MOST_STARTS = 3;
    private static final Pattern COUNTED = Pattern.compile("\"GET /api/products/\\{id}\":\\{\"count\":(\\d+)");
    private static final String NONE_DROPPED =
            "\"dropped\":{\"journal_full\":0,\"recorder_fault\":0,\"store_away\":0,\"torn\":0}";

    private final Effort effort;
    private final Load load;
    private final OtlpSink sink;
    private final Map<Measured, Service> services = new LinkedHashMap<>();

    private ServiceFigures(Effort effort, Load load, OtlpSink sink) {
        this.effort = effort;
        this.load = load;
        this.sink = sink;
    }

    /** Takes all figures, on the JDK that this process runs on. */
    public static Figures take(Effort effort) throws Exception {
        List<List<Measured>> groups = (effort.servicePeers() ? Subject.groups() : List.of(Subject.few()))
                .stream()
                        .map(group -> group.stream().map(Measured::new).toList())
                        .toList();
        try (Load load = new Load();
                OtlpSink sink = new OtlpSink()) {
            new ServiceFigures(effort, load, sink)
                    .measure(groups.stream().flatMap(List::stream).toList());
        }
        String part = Runtime.version().feature() < 21 ? "service" : "service-virtual";
        return new Figures(part, table(groups));
    }

    private void measure(List<Measured> all) throws Exception {
        try {
            start(all);
            warmUp();
            for (int round = 1; round <= effort.serviceRounds(); round++) {
                System.out.println("service: round " + round + " of " + effort.serviceRounds());
                for (Map.Entry<Measured, Service> each : services.entrySet()) {
                    each.getKey().turns.add(turn(each.getValue()));
                }
            }
            for (Map.Entry<Measured, Service> each : services.entrySet()) {
                each.getKey().memoryBytes = each.getValue().memoryBytes();
            }
            idle();
            for (Map.Entry<Measured, Service> each : services.entrySet()) {
                if (each.getKey().subject.classPath().equals("millisight")) {
                    requireAllCounted(each.getValue());
                }
            }
            if (effort.servicePeers() && sink.bytes() == 0) {
                throw new IllegalStateException("the OpenTelemetry agent has exported nothing");
            }
        } finally {
            for (Service service : services.values()) {
                service.stop();
            }
        }
    }

    /** One at a time, so that none is slowed by another's start; the last ones stay. */
    private void start(List<Measured> all) throws Exception {
        int starts = Math.min(MOST_STARTS, effort.serviceRounds());
        for (int i = 1; i <= starts; i++) {
            System.out.println("service: start " + i + " of " + starts + ", " + all.size() + " services");
            for (Measured each : all) {
                Service service = new Service(each.subject, sink);
                each.startSeconds.add(service.startSeconds());
                if (i < starts) {
                    service.stop();
                } else {
                    services.put(each, service);
                }
            }
        }
    }

    /** Until the JVM has compiled what a request runs, and what then goes on in the background has had its time. */
    private void warmUp() throws Exception {
        System.out.println("service: warming up");
        for (Service service : services.values()) {
            load.closed(service.port(), warmups());
            turn(service);
        }
    }

    private int warmups() {
        return 2 * effort.serviceRequests();
    }

    private Measured.Turn turn(Service service) throws Exception {
        int requests = effort.serviceRequests();
        long allocated = service.allocatedBytes();
        Duration cpu = service.cpu();
        long closedNanos = load.closed(service.port(), requests);
        Histogram latencies = load.open(service.port(), requests, PER_SECOND);
        double cpuMicros = service.cpu().minus(cpu).toNanos() / 1e3;
        double bytes = service.allocatedBytes() - allocated;
        return new Measured.Turn(
                cpuMicros / (2 * requests), bytes / (2 * requests), requests * 1e9 / closedNanos, latencies);
    }

    private void idle() throws InterruptedException {
        System.out.println("service: idle");
        List<Duration> before = services.values().stream().map(Service::cpu).toList();
        Thread.sleep(effort.serviceIdleMillis());
        int i = 0;
        for (Map.Entry<Measured, Service> each : services.entrySet()) {
            double millis = each.getValue().cpu().minus(before.get(i++)).toNanos() / 1e6;
            each.getKey().idleMillisPerSecond = millis * 1e3 / effort.serviceIdleMillis();
        }
    }

    /** Every request that was sent, the first one and those to warm up too. */
    private void requireAllCounted(Service service) throws IOException, InterruptedException {
        long sent = 1 + warmups() + 2L * effort.serviceRequests() * (1 + effort.serviceRounds());
        String metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher counted = COUNTED.matcher(metrics);
        if (!counted.find() || Long.parseLong(counted.group(1)) != sent || !metrics.contains(NONE_DROPPED)) {
            throw new IllegalStateException(sent + " requests were sent, and there are: " + metrics);
        }
    }

    private static Table table(List<List<Measured>> groups) {
        Table table = new Table(
                "a service, JDK " + System.getProperty("java.version"),
                "CPU us a request",
                "over none",
                "least to most",
                "requests/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "B a request",
                "over none",
                "memory, MB",
                "over none",
                "start, s",
                "idle CPU, ms/s");
        for (List<Measured> group : groups) {
            Measured none = group.get(0);
            for (Measured each : group) {
                List<Double> ratios = each.cpuOver(none);
                table.row(
                        each.subject.name(),
                        Table.number(each.median(Measured.Turn::cpuMicros)),
                        Table.ratio(Median.of(ratios)),
                        Table.number(Collections.min(ratios)) + " to " + Table.ratio(Collections.max(ratios)),
                        Table.number(each.median(Measured.Turn::perSecond)),
                        Table.number(each.median(turn -> turn.millis(50))),
                        Table.number(each.median(turn -> turn.millis(99))),
                        Table.number(each.median(turn -> turn.millis(99.9))),
                        Table.number(each.median(Measured.Turn::bytes)),
                        over(each.median(Measured.Turn::bytes) - none.median(Measured.Turn::bytes)),
                        Table.number(each.memoryBytes / 1e6),
                        over((each.memoryBytes - none.memoryBytes) / 1e6),
                        Table.number(Median.of(each.startSeconds)),
                        Table.number(each.idleMillisPerSecond));
            }
        }
        return table;
    }

    private static String over(double difference) {
        return (difference < 0 ? "-" : "+") + Table.number(Math.abs(difference));
    }
}
