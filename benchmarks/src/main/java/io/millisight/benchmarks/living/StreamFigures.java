package io.millisight.benchmarks.living;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Outcome;
import io.millisight.servlet.MillisightServlet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;

/**
 * What the live feed takes: a frame a second as server-sent events, sent by Tomcat. Its processor time is that of the thread
 * which makes the frames and of all threads of Tomcat.
 */
public final class StreamFigures {

    private static final List<Integer> CLIENTS = List.of(1, 100);
    private static final int ENDPOINTS = 100;
    private static final int REQUESTS_A_SECOND = 1_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private StreamFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("stream");
        Tomcat tomcat = new Tomcat();
        ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
        MillisightConfig config =
                MillisightConfig.builder().dataDirectory(folder.resolve("data")).build();
        try (Millisight millisight = Millisight.start(config);
                MillisightHttp http = new MillisightHttp(millisight, HttpConfig.defaults())) {
            tomcat.setBaseDir(folder.toString());
            tomcat.setPort(0);
            tomcat.setSilent(true);
            StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
            // It would look for leaks of applications when it stops, and complain that it may not.
            context.setClearReferencesRmiTargets(false);
            context.setClearReferencesThreadLocals(false);
            Wrapper servlet = Tomcat.addServlet(context, "millisight", new MillisightServlet(http));
            servlet.setAsyncSupported(true);
            servlet.addMapping("/metrics/*");
            tomcat.getConnector().setProperty("address", "127.0.0.1");
            tomcat.start();
            long period = TimeUnit.SECONDS.toMicros(1) / REQUESTS_A_SECOND;
            int[] made = new int[1];
            ScheduledFuture<?> requests =
                    traffic.scheduleAtFixedRate(() -> record(millisight, made[0]++), 0, period, TimeUnit.MICROSECONDS);
            Table table = new Table(
                    "clients of the live feed",
                    "CPU, of one core",
                    "delay of a frame, p50, ms",
                    "lowest-highest round",
                    "p99, ms",
                    "bytes a frame");
            for (int clients : CLIENTS) {
                Progress.say("stream: " + clients + (clients == 1 ? " client" : " clients"));
                measure(tomcat.getConnector().getLocalPort(), clients, effort, table);
            }
            if (!requests.cancel(false)) {
                throw new IllegalStateException("the traffic ended early: " + requests);
            }
            return new Figures("stream", table);
        } finally {
            traffic.shutdownNow();
            traffic.awaitTermination(10, TimeUnit.SECONDS);
            tomcat.stop();
            tomcat.destroy();
            Scratch.delete(folder);
        }
    }

    private static void record(Millisight millisight, int i) {
        long now = System.nanoTime();
        millisight.record(
                "GET",
                "/api/resource" + i % ENDPOINTS + "/{id}",
                200,
                Outcome.COMPLETED,
                false,
                now - TimeUnit.MILLISECONDS.toNanos(5),
                now,
                null,
                null);
    }

    private static void measure(int port, int clients, Effort effort, Table table) throws Exception {
        Duration time = Duration.ofMillis(effort.streamMillis());
        try (StreamClients reading = new StreamClients(port, clients)) {
            // Everybody is connected, and what runs is compiled.
            reading.read(time.plusSeconds(2));
            reading.begin();
            long cpuBefore = cpuNanos();
            long begin = System.nanoTime();
            reading.read(time.plusSeconds(1));
            double share = (double) (cpuNanos() - cpuBefore) / (System.nanoTime() - begin);
            List<Double> sorted = reading.delayMillis().stream().sorted().toList();
            if (sorted.size() < clients * (time.toSeconds() + 1) / 2) {
                throw new IllegalStateException(sorted.size() + " frames for " + clients + " clients");
            }
            table.row(
                    String.format("%,d", clients),
                    Table.number(100 * share) + " %",
                    Table.number(sorted.get(sorted.size() / 2)),
                    Rounds.of(reading.delayMillis()).spread(),
                    Table.number(sorted.get(sorted.size() * 99 / 100)),
                    Table.number((double) reading.bytes() / sorted.size()));
        }
    }

    private static long cpuNanos() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            ThreadInfo thread = THREADS.getThreadInfo(id);
            if (thread != null
                    && (thread.getThreadName().equals("millisight-live")
                            || thread.getThreadName().startsWith("http-nio"))) {
                sum += Math.max(0, THREADS.getThreadCpuTime(id));
            }
        }
        return sum;
    }
}
