package io.millisight.benchmarks.reporting;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.LoopbackServer;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.report.PerformanceReport;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.Sketch;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.postgres.PostgresStore;
import io.millisight.store.sqlite.SqliteStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a report over a week takes, and what sketches weigh on disk and in memory. */
public final class ReportFigures {

    private static final int INSTANCES = 10;

    private ReportFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("report");
        try {
            int hours = effort.reportHours();
            Progress.say("report: filling " + hours + " hours of " + WeekOfRollups.ENDPOINTS + " endpoints");
            Path file = folder.resolve("millisight.db");
            try (Store store = SqliteStore.open(file, Retention.defaults())) {
                new WeekOfRollups(hours).fill(store, System.currentTimeMillis() * 1_000);
            }
            double minuteBytes = WeekOfRollups.bytesOfOne(file, 1);
            double hourBytes = WeekOfRollups.bytesOfOne(file, 2);
            Table table = new Table("reports and sketches", "measured", "lowest-highest round", "to reach");
            MillisightConfig config = MillisightConfig.builder()
                    .dataDirectory(folder)
                    .service(WeekOfRollups.SERVICE)
                    .build();
            try (Millisight millisight = Millisight.start(config);
                    BareRollups floor = new BareRollups("jdbc:sqlite:" + file, "bench-0")) {
                askForReports(millisight, 1, floor, effort, table);
            }
            askTheFleet(folder.resolve("fleet"), effort, table);
            table.row("one endpoint's minute on disk, 60 requests", bytes(minuteBytes), "", "120 B");
            table.row("one endpoint's hour on disk, 3,600 requests", bytes(hourBytes), "", "500 B");
            table.row("one sketch in memory, 3,600 requests", bytes(heapOfOne(3_600)), "", "4,096 B");
            table.row("one sketch in memory, no requests", bytes(heapOfOne(0)), "", "near nothing");
            return new Figures("report", table);
        } finally {
            Scratch.delete(folder);
        }
    }

    /** The same of ten instances in one PostgreSQL. */
    private static void askTheFleet(Path folder, Effort effort, Table table) throws Exception {
        int hours = effort.reportHours();
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off") // Only filling would notice.
                .setServerConfig("shared_buffers", "512MB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start()) {
            String url = "jdbc:postgresql://localhost:" + server.getPort()
                    + "/postgres?user=postgres&currentSchema=millisight";
            Progress.say("report: filling " + hours + " hours of " + INSTANCES + " instances");
            try (Store store = PostgresStore.open(url, Retention.defaults())) {
                new WeekOfRollups(hours).fill(store, INSTANCES, System.currentTimeMillis() * 1_000);
            }
            MillisightConfig config = MillisightConfig.builder()
                    .dataDirectory(folder)
                    .service(WeekOfRollups.SERVICE)
                    .store(url)
                    .build();
            try (Millisight millisight = Millisight.start(config);
                    BareRollups floor = new BareRollups(url, "")) {
                askForReports(millisight, INSTANCES, floor, effort, table);
            }
        }
    }

    private static void askForReports(
            Millisight millisight, int instances, BareRollups floor, Effort effort, Table table) throws Exception {
        int hours = effort.reportHours();
        try (LoopbackServer server = new LoopbackServer(new MillisightHttp(millisight, HttpConfig.defaults()))) {
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(server.uri("/metrics/performance?hours=" + hours))
                    .build();
            List<Double> bare = new ArrayList<>();
            List<Double> direct = new ArrayList<>();
            List<Double> overHttp = new ArrayList<>();
            int warmups = effort.reports();
            for (int i = -warmups; i < effort.reports(); i++) {
                double ofFloor = millis(() -> floor.read(hours));
                double ofReport = millis(() -> requireWhole(report(millisight, hours), instances, hours));
                double ofHttp = millis(() -> requireOk(client.send(request, HttpResponse.BodyHandlers.ofString())));
                if (i >= 0) {
                    bare.add(ofFloor);
                    direct.add(ofReport);
                    overHttp.add(ofHttp);
                }
            }
            String what = WeekOfRollups.ENDPOINTS + " endpoints, "
                    + (instances == 1 ? "" : instances + " instances in PostgreSQL, ") + "median of "
                    + effort.reports();
            String database = instances == 1 ? "SQLite" : "PostgreSQL";
            row(table, "floor: as many rollups read from " + database + ", nothing made of them", bare, "");
            row(table, "`Millisight.report` over " + hours + " h, " + what, direct, "30 ms");
            row(table, "`GET /metrics/performance?hours=" + hours + "`, the same", overHttp, "30 ms");
            if (instances == 1) {
                HealthAnswers.ask(millisight, server, effort, table);
            }
        }
    }

    private static void row(Table table, String what, List<Double> millis, String toReach) {
        Rounds rounds = Rounds.of(millis);
        table.row(what, Table.number(rounds.median()) + " ms", rounds.spread(), toReach);
    }

    private static PerformanceReport report(Millisight millisight, int hours) {
        long now = millisight.time().epochMicros();
        return millisight.report(new TimeRange(now - hours * TimeRange.HOUR, now));
    }

    /** The minute that is going on, and the one an answer begins with, may be missing. */
    private static void requireWhole(PerformanceReport report, int instances, int hours) {
        long aMinute = (long) instances * WeekOfRollups.ENDPOINTS * WeekOfRollups.SAMPLES_A_MINUTE;
        long requests = report.total().requests();
        if (report.endpoints().size() != WeekOfRollups.ENDPOINTS || requests < aMinute * (60L * hours - 15)) {
            throw new IllegalStateException(
                    requests + " requests of " + report.endpoints().size() + " endpoints reported");
        }
    }

    private static void requireOk(HttpResponse<String> response) {
        if (response.statusCode() != 200 || !response.body().contains("p99_response_time")) {
            throw new IllegalStateException(response.statusCode() + ": " + response.body());
        }
    }

    private static double millis(Cost.Work work) throws Exception {
        return Cost.of(work).wallNanos() / 1e6;
    }

    /** A sketch keeps all that it allocates, so what was allocated is what it weighs. */
    private static double heapOfOne(int requests) {
        int sketches = 100;
        Random random = new Random(20_261_123);
        long[] nanos = random.doubles(Math.max(1, requests))
                .mapToLong(d -> (long) (1e7 * Math.exp(0.6 * random.nextGaussian())))
                .toArray();
        Sketch[] kept = new Sketch[sketches];
        long before = Cost.allocatedBytes();
        for (int i = 0; i < sketches; i++) {
            Sketch sketch = new Sketch();
            for (int request = 0; request < requests; request++) {
                sketch.record(nanos[request]);
            }
            kept[i] = sketch;
        }
        return (double) (Cost.allocatedBytes() - before) / kept.length;
    }

    private static String bytes(double value) {
        return Table.number(Math.rint(value)) + " B";
    }
}
