package io.millisight.battery;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.report.EndpointReport;
import io.millisight.report.PerformanceReport;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.SketchSnapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One instance of a service that runs in many processes, in a process of its own: it starts, makes its requests and reports
 * when it is told to, and answers each command with a line. What it makes follows from a seed, so that the test can make the same.
 */
final class FleetMember implements AutoCloseable {

    static final String SERVICE = "fleet";

    private final AskedProgram program;

    FleetMember(Path data, String store, int number) throws IOException {
        program =
                new AskedProgram(AskedProgram.SMALL, FleetMember.class, data.toString(), store, String.valueOf(number));
    }

    /** Tells it what to do, and does not wait. */
    void tell(String command) throws IOException {
        program.tell(command);
    }

    /** Its next answer. */
    String answer() throws IOException {
        return program.answer();
    }

    @Override
    public void close() {
        program.close();
    }

    /** The observations of a member, added up by endpoint, as if one sketch had seen them all. */
    static void add(Map<String, Rollup> sums, int number, int requests) {
        Random random = new Random(number);
        for (int n = 0; n < requests; n++) {
            Endpoint endpoint = endpoint(random);
            int status = status(random);
            long nanos = nanos(random);
            sums.computeIfAbsent(endpoint.name(), name -> new Rollup())
                    .add(new Observation(0, endpoint, status, Outcome.COMPLETED, false, 0, nanos, null, null));
        }
    }

    private static Endpoint endpoint(Random random) {
        return new Endpoint("GET", "/items/" + random.nextInt(5));
    }

    private static int status(Random random) {
        return random.nextInt(20) == 0 ? 503 : 200;
    }

    private static long nanos(Random random) {
        return (long) Math.exp(7 + 14 * random.nextDouble());
    }

    /** Every counter and every bucket, in one line. */
    static String text(Map<String, RollupSnapshot> rollups) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(rollups).forEach((endpoint, rollup) -> {
            SketchSnapshot latency = rollup.latency();
            text.append(endpoint)
                    .append(" requests " + rollup.requests() + " errors " + rollup.serverErrors() + " sum "
                            + latency.sumNanos() + " min " + latency.minNanos() + " max " + latency.maxNanos());
            latency.forEachBucket(SketchSnapshot.SCALE, (index, count) -> text.append(" " + index + ":" + count));
            text.append("; ");
        });
        return text.toString();
    }

    /** With the data folder, the store and the number of this member. Commands: start, record n, report, ledger. */
    @SuppressWarnings("SystemOut") // how it speaks to the process that began it
    public static void main(String[] args) throws Exception {
        int number = Integer.parseInt(args[2]);
        MillisightConfig config = MillisightConfig.builder()
                .service(SERVICE)
                .instance("member-" + number)
                .dataDirectory(Path.of(args[0]))
                .store(args[1])
                .journalBytes(4 << 20)
                .requestLogLimit(0)
                .slowThreshold(Duration.ofHours(1))
                .build();
        System.out.println("ready");
        Millisight millisight = null;
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            String[] words = command.split(" ", -1);
            String answer = "done";
            switch (words[0]) {
                case "start" -> millisight = Millisight.start(config);
                case "record" -> {
                    record(millisight, number, Integer.parseInt(words[1]));
                    millisight.flush();
                }
                case "report" -> answer = report(millisight);
                default -> {
                    Ledger ledger = millisight.ledger();
                    Oracle.assertBalanced(ledger);
                    answer = ledger.stored() + " " + ledger.pending();
                }
            }
            System.out.println(answer);
            System.out.flush();
        }
        if (millisight != null) {
            millisight.close();
        }
    }

    private static void record(Millisight millisight, int number, int requests) {
        Random random = new Random(number);
        for (int n = 0; n < requests; n++) {
            Endpoint endpoint = endpoint(random);
            int status = status(random);
            long nanos = nanos(random);
            long end = millisight.time().nanoTime();
            millisight.record(
                    endpoint.method(),
                    endpoint.route(),
                    status,
                    Outcome.COMPLETED,
                    false,
                    end - nanos,
                    end,
                    null,
                    null);
        }
    }

    private static String report(Millisight millisight) {
        long now = millisight.time().epochMicros();
        PerformanceReport report = millisight.report(new TimeRange(now - TimeRange.HOUR, now + TimeRange.MINUTE));
        Map<String, RollupSnapshot> rollups = new TreeMap<>();
        for (EndpointReport endpoint : report.endpoints()) {
            rollups.put(endpoint.endpoint().name(), endpoint.rollup());
        }
        rollups.put("all", report.total());
        return text(rollups);
    }
}
