package io.millisight.benchmarks.living;

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
import io.millisight.observe.Outcome;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the live view takes of time and memory, by the number of endpoints. */
public final class LiveFigures {

    private static final List<Integer> ENDPOINTS = List.of(10, 100, 2_000);
    private static final int REQUESTS_A_SLICE = 10;
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    /** What was found with so many endpoints. */
    private record Found(int endpoints, Rounds millis, Rounds movedMillis, long bytes, long busyHeap, long quietHeap) {}

    private LiveFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Progress.say("live: warming up");
        with(ENDPOINTS.get(0), effort);
        List<Found> found = new ArrayList<>();
        for (int endpoints : ENDPOINTS) {
            Progress.say("live: " + endpoints + " endpoints");
            found.add(with(endpoints, effort));
        }
        return new Figures("live", table(found));
    }

    private static Found with(int endpoints, Effort effort) throws Exception {
        Path folder = Scratch.folder("live");
        long heapBefore = heap();
        ClockAhead clock = new ClockAhead();
        MillisightConfig config =
                MillisightConfig.builder().dataDirectory(folder).build();
        try (Millisight millisight = Millisight.start(config, clock);
                MillisightHttp http = new MillisightHttp(millisight, HttpConfig.defaults());
                LoopbackServer server = new LoopbackServer(http)) {
            long slices = config.window().dividedBy(config.slice());
            Random random = new Random(20_261_123);
            for (int slice = 0; slice < slices; slice++) {
                fillSlice(millisight, endpoints, random);
                clock.pass(config.slice());
            }
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(server.uri("/metrics")).build();
            List<Double> millis = new ArrayList<>();
            List<Double> movedMillis = new ArrayList<>();
            long[] bytes = new long[1];
            for (int i = -effort.reports(); i < effort.reports(); i++) {
                fillSlice(millisight, endpoints, random);
                clock.pass(config.slice());
                double moved = millis(() -> bytes[0] = ask(client, request, endpoints));
                double again = millis(() -> ask(client, request, endpoints));
                if (i >= 0) {
                    movedMillis.add(moved);
                    millis.add(again);
                }
            }
            long busy = heap() - heapBefore;
            clock.pass(config.window().plus(config.slice()));
            ask(client, request, 0);
            clock.pass(config.slice());
            ask(client, request, 0);
            long quiet = heap() - heapBefore;
            return new Found(endpoints, Rounds.of(millis), Rounds.of(movedMillis), bytes[0], busy, quiet);
        } finally {
            Scratch.delete(folder);
        }
    }

    private static void fillSlice(Millisight millisight, int endpoints, Random random) {
        for (int i = 0; i < endpoints * REQUESTS_A_SLICE; i++) {
            int endpoint = i % endpoints;
            long end = millisight.time().nanoTime();
            long duration = (long) (5e6 * Math.exp(0.6 * random.nextGaussian()));
            millisight.record(
                    "GET",
                    "/api/resource" + endpoint + "/{id}",
                    200,
                    Outcome.COMPLETED,
                    false,
                    end - duration,
                    end,
                    null,
                    null);
        }
        millisight.flush();
    }

    /** The bytes of an answer in which at least so many endpoints are. */
    private static long ask(HttpClient client, HttpRequest request, int endpoints) throws Exception {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        String body = response.body();
        if (response.statusCode() != 200
                || (endpoints > 0 && !body.contains("/api/resource" + (endpoints - 1) + "/"))) {
            throw new IllegalStateException(response.statusCode() + ": " + body);
        }
        return body.length();
    }

    private static double millis(Cost.Work work) throws Exception {
        return Cost.of(work).wallNanos() / 1e6;
    }

    /** What is still in use once all that can be is collected. */
    private static long heap() {
        for (int i = 0; i < 3; i++) {
            MEMORY.gc();
        }
        return MEMORY.getHeapMemoryUsage().getUsed();
    }

    private static Table table(List<Found> found) {
        Table table = new Table(
                "the live view",
                "`GET /metrics`, ms",
                "lowest-highest round",
                "the window just moved, ms",
                "lowest-highest round",
                "bytes",
                "heap, MB",
                "each endpoint more, B",
                "each, after five quiet minutes, B");
        for (int i = 0; i < found.size(); i++) {
            Found with = found.get(i);
            List<String> cells = new ArrayList<>(List.of(
                    String.format("%,d endpoints", with.endpoints()),
                    Table.number(with.millis().median()),
                    with.millis().spread(),
                    Table.number(with.movedMillis().median()),
                    with.movedMillis().spread(),
                    Table.number((double) with.bytes()),
                    Table.number(with.busyHeap() / 1e6)));
            if (i < found.size() - 1) {
                cells.addAll(List.of("", ""));
            } else {
                Found fewer = found.get(i - 1);
                double more = with.endpoints() - fewer.endpoints();
                cells.add(Table.number((with.busyHeap() - fewer.busyHeap()) / more));
                cells.add(Table.number((with.quietHeap() - fewer.quietHeap()) / more));
            }
            table.row(cells);
        }
        return table;
    }
}
