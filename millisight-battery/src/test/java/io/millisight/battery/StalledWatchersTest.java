package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Outcome;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.MillisightServlet;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 21: a service of a few threads is watched by many clients that read nothing, half of them event streams and half
 * WebSockets. Two that read have every frame, requests go on being answered, and the stalled ones cost little memory. In full form
 * they are waited for until they are dropped; only there does it show when threads of the container wait for them.
 */
class StalledWatchersTest {

    /** Fewer than watchers: were one held by each, no request would be answered any more. */
    private static final int THREADS = 10;

    private static final int ENDPOINTS = 1_500;
    private static final long MOST_HEAP = 64L << 20;

    /** Until the service keeps as many frames as it ever does. */
    private static final int FRAMES_BEFORE = Battery.isFull() ? 25 : 3;

    /** The most that a container's own timeouts may add to our 30 s. */
    private static final long MOST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(3);

    @TempDir
    private Path folder;

    @Test
    void costLittleAndHoldNobodyUp() throws Exception {
        Battery row = Battery.row(21, "stalled watchers", 60, 500);
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Service.class.getName(),
                        folder.resolve("data").toString())
                .redirectError(folder.resolve("log").toFile())
                .start();
        List<Socket> stalled = new ArrayList<>();
        try (BufferedReader said =
                        new BufferedReader(new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8));
                OutputStream ask = service.getOutputStream()) {
            int port = Integer.parseInt(said.readLine());
            try (WatchingClients readers = new WatchingClients(port)) {
                readers.awaitFrames(FRAMES_BEFORE);
                long connections = ask(ask, said, 'c');
                long before = ask(ask, said, 'h');
                for (int i = 0; i < row.rounds(); i++) {
                    stalled.add(stall(port, i % 2 == 0));
                }
                readers.awaitFrames(5);
                assertThat(ask(ask, said, 'c') - connections).isEqualTo(row.rounds());
                long heap = ask(ask, said, 'h') - before;
                ask(ask, said, 'b');
                long opening = readers.longestMillis();
                String dropped = Battery.isFull() ? awaitDrop(row, ask, said, connections) : "not waited for";
                readers.awaitFrames(3);
                long busy = ask(ask, said, 'b');
                long afterwards = readers.longestMillis();
                assertThat(heap).isLessThan(MOST_HEAP);
                if (Battery.isFull()) {
                    for (int i = 0; i < row.rounds(); i += 9) { // of both kinds
                        assertEnded(stalled.get(i));
                    }
                }
                ask(ask, said, 'e');
                readers.awaitAnswers(100);
                row.held(String.format(
                        "%d clients that read nothing, frames of %d KiB: heap grew by %.1f MiB; dropped: %s; the %d"
                                + " threads of the container %d %% busy meanwhile; at most"
                                + " %d ms between two frames while they came, %d ms afterwards; %s",
                        row.rounds(),
                        readers.largestBytes() / 1024,
                        heap / 1048576.0,
                        dropped,
                        THREADS,
                        busy,
                        opening,
                        afterwards,
                        readers.check()));
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
            service.destroyForcibly();
        }
    }

    private static long ask(OutputStream ask, BufferedReader said, char question) throws IOException {
        ask.write(question);
        ask.flush();
        return Long.parseLong(said.readLine());
    }

    /** Asks for the live feed, and never reads. */
    private static Socket stall(int port, boolean webSocket) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1_024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        List<String> headers = webSocket
                ? List.of(
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
                : List.of("Accept: text/event-stream");
        String request = "GET /metrics/stream HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers);
        socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Waits until the service has ended what has stalled, and says how long that took since all had. */
    private static String awaitDrop(Battery row, OutputStream ask, BufferedReader said, long connections)
            throws IOException {
        long begun = System.nanoTime();
        long first = 0;
        int left = row.rounds();
        while (left > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            left = (int) (ask(ask, said, 'c') - connections);
            long waited = System.nanoTime() - begun;
            if (first == 0 && left < row.rounds()) {
                first = waited;
            }
            assertThat(waited).as(left + " stalled clients are left").isLessThan(MOST_WAIT_NANOS);
            row.progress(row.rounds() - left);
        }
        return "the first after " + TimeUnit.NANOSECONDS.toSeconds(first) + " s, the last after "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s";
    }

    /** What had already left for it arrives, and then the end. */
    private static void assertEnded(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        try {
            InputStream in = socket.getInputStream();
            byte[] part = new byte[65_536];
            while (in.read(part) >= 0) {
                // Sent before it was dropped.
            }
        } catch (SocketException reset) {
            // An end as well.
        }
    }

    /** How busy the container's threads are. */
    private static final class BusyThreads {

        private final ThreadPoolExecutor threads;
        private long looks;
        private long busy;

        BusyThreads(ThreadPoolExecutor threads) {
            this.threads = threads;
        }

        void look() {
            synchronized (this) {
                looks++;
                busy += threads.getActiveCount();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }

        /** On average of all threads and of the time since this was last asked. */
        synchronized long percent() {
            long percent = looks == 0 ? 0 : 100 * busy / (looks * THREADS);
            looks = 0;
            busy = 0;
            return percent;
        }
    }

    /** The service: 1,500 endpoints with a request a second each, the filter, the routes, one servlet. */
    static final class Service {

        private Service() {}

        public static void main(String[] arguments) throws Exception {
            Millisight millisight = Millisight.start(MillisightConfig.builder()
                    .dataDirectory(Path.of(arguments[0]))
                    .store("memory")
                    .requestLogLimit(0)
                    .build());
            daemon(() -> traffic(millisight));
            MillisightHttp http = new MillisightHttp(millisight, HttpConfig.defaults());
            try (HostedTomcat tomcat = HostedTomcat.start(context -> register(context, millisight, http))) {
                AbstractProtocol<?> protocol = tomcat.protocol();
                protocol.setMaxThreads(THREADS);
                protocol.setProperty("socket.txBufSize", "16384");
                BusyThreads busy = new BusyThreads((ThreadPoolExecutor) protocol.getExecutor());
                daemon(busy::look);
                System.out.println(tomcat.port());
                for (int question = System.in.read(); question >= 0; question = System.in.read()) {
                    System.out.println(
                            switch (question) {
                                case 'h' -> heapInUse();
                                case 'c' -> protocol.getConnectionCount();
                                case 'e' -> endFeed(http);
                                default -> busy.percent();
                            });
                }
            }
            millisight.close();
        }

        private static void daemon(Runnable again) {
            Thread thread = new Thread(() -> {
                while (true) {
                    again.run();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private static void traffic(Millisight millisight) {
            for (int i = 0; i < ENDPOINTS; i++) {
                long now = System.nanoTime();
                millisight.record(
                        "GET",
                        "/items-of-a-kind/" + (char) ('a' + i % 26) + i + "/parts",
                        200,
                        Outcome.COMPLETED,
                        false,
                        now - i * 1_000L,
                        now,
                        null,
                        null);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }

        private static void register(ServletContext context, Millisight millisight, MillisightHttp http) {
            try {
                new WsSci().onStartup(Set.of(), context);
            } catch (ServletException e) {
                throw new IllegalStateException(e);
            }
            MillisightFilter filter = new MillisightFilter(millisight);
            FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
            registration.setAsyncSupported(true);
            registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
            context.addListener(filter.requestListener());
            ServletRegistration.Dynamic routes = context.addServlet("monitor", new MillisightServlet(http));
            routes.setAsyncSupported(true);
            routes.addMapping(http.paths().toArray(String[]::new));
            context.addServlet("ping", new HttpServlet() {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                throws IOException {
                            response.setContentLength(2);
                            response.getOutputStream().print("ok");
                        }
                    })
                    .addMapping("/ping");
        }

        private static long endFeed(MillisightHttp http) {
            http.close();
            return 0;
        }

        /** What is reachable: collected until nothing more goes. */
        private static long heapInUse() {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                System.gc();
                least = Math.min(
                        least,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            return least;
        }
    }
}
