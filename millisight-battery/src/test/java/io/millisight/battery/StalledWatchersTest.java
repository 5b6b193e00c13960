package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 21: a service of a few threads is watched by many clients that read nothing, half of them event streams and half
 * WebSockets. Two that read have every frame, requests go on being answered, and the stalled ones cost little memory. In full
 * form they are waited for until they are dropped; only there does it show when threads of the container wait for them.
 */
class StalledWatchersTest {

    private static final long MOST_HEAP = 64L << 20;

    /** Until the service keeps as many frames as it ever does. */
    private static final int FRAMES_BEFORE = Battery.isFull() ? 25 : 3;

    /** Until the system's buffers are full, too, and a write waits, but not yet given up. The brief form makes them small. */
    private static final int FRAMES_UNTIL_FULL = Battery.isFull() ? 20 : 5;

    private static final String SEND_BUFFER_BYTES = Battery.isFull() ? "0" : "16384";

    /** The most that a container's own timeouts may add to our 30 s. */
    private static final long MOST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(3);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void costLittleAndHoldNobodyUp(HostedContainer.Kind container) throws Exception {
        Battery row = Battery.row(21, "stalled watchers in " + container.name().toLowerCase(Locale.ROOT), 60, 500);
        List<Socket> stalled = new ArrayList<>();
        try (AskedProgram service = new AskedProgram(
                List.of("-Xmx256m"),
                WatchedService.class,
                container.name(),
                SEND_BUFFER_BYTES,
                folder.resolve("data").toString())) {
            int port = Integer.parseInt(service.answer());
            try (WatchingClients readers = new WatchingClients(port)) {
                readers.awaitFrames(FRAMES_BEFORE);
                int connections = Integer.parseInt(service.ask("connections"));
                long before = Long.parseLong(service.ask("heap"));
                readers.awaitFrames(1);
                readers.longestMillis();
                for (int i = 0; i < row.rounds(); i++) {
                    stalled.add(stall(port, i % 2 == 0));
                }
                readers.awaitFrames(2);
                assertThat(Integer.parseInt(service.ask("connections")) - connections)
                        .isEqualTo(row.rounds());
                readers.awaitFrames(FRAMES_UNTIL_FULL);
                long opening = readers.longestMillis();
                long heap = Long.parseLong(service.ask("heap")) - before;
                readers.awaitFrames(1);
                readers.longestMillis();
                service.ask("busy");
                String dropped = Battery.isFull() ? awaitDrop(row, service, connections) : "not waited for";
                readers.awaitFrames(3);
                String busy = service.ask("busy");
                long afterwards = readers.longestMillis();
                assertThat(heap).isLessThan(MOST_HEAP);
                if (Battery.isFull()) {
                    for (int i = 0; i < row.rounds(); i += 9) { // of both kinds
                        assertEnded(stalled.get(i));
                    }
                }
                service.ask("end");
                readers.awaitAnswers(100);
                row.held(String.format(
                        "%d clients that read nothing, frames of %d KiB: heap grew by %.1f MiB; dropped: %s; the %d"
                                + " threads of the container %s %% busy meanwhile; at most"
                                + " %d ms between two frames while they came, %d ms afterwards; %s",
                        row.rounds(),
                        readers.largestBytes() / 1024,
                        heap / 1048576.0,
                        dropped,
                        WatchedService.THREADS,
                        busy,
                        opening,
                        afterwards,
                        readers.check()));
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
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
    private static String awaitDrop(Battery row, AskedProgram service, int connections) throws IOException {
        long begun = System.nanoTime();
        long first = 0;
        int left = row.rounds();
        while (left > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            left = Integer.parseInt(service.ask("connections")) - connections;
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
}
