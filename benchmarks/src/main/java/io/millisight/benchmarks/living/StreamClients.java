package io.millisight.benchmarks.living;

import io.millisight.observe.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Clients of the live feed as server-sent events, all read by one thread: how late each frame is when a client has all of it. */
final class StreamClients implements AutoCloseable {

    private static final String TIMESTAMP = "\"timestamp\":\"";

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private final List<Double> delayMillis = new ArrayList<>();
    private long bytes;

    /** What one client has of an event that is not complete, and how many it had. */
    private static final class Client {
        private final StringBuilder event = new StringBuilder();
        private int events;
    }

    StreamClients(int port, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String request =
                    "GET /metrics/stream HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAccept: text/event-stream\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Client());
        }
    }

    /** Reads for so long. */
    void read(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            selector.select(this::read, left);
        }
    }

    private void read(SelectionKey key) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            while (channel.read(buffer.clear()) > 0) {
                bytes += buffer.position();
                take((Client) key.attachment(), StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("a client was cut off", e);
        }
    }

    private void take(Client client, CharSequence part) {
        client.event.append(part);
        for (int end = client.event.indexOf("\n\n"); end >= 0; end = client.event.indexOf("\n\n")) {
            int at = client.event.indexOf(TIMESTAMP) + TIMESTAMP.length();
            String timestamp = client.event.substring(at, client.event.indexOf("\"", at));
            // The first tells of what was known already.
            if (client.events++ > 0) {
                long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(timestamp));
                delayMillis.add((TimeSource.SYSTEM.epochMicros() - micros) / 1e3);
            }
            client.event.delete(0, end + 2);
        }
    }

    /** Forgets what was measured so far. */
    void begin() {
        delayMillis.clear();
        bytes = 0;
    }

    /** By frame and client, in no order. */
    List<Double> delayMillis() {
        return delayMillis;
    }

    /** Of all clients together. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
