package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Those whom others must not hold up: a WebSocket and an event stream that read every frame of the live feed, and requests to
 * the service, one after the other.
 */
final class WatchingClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI ping;
    private final Frames events = new Frames();
    private final Frames messages = new Frames();
    private final WebSocket socket;
    private final Thread asking = new Thread(this::askAgainAndAgain, "asking");
    private final AtomicInteger answers = new AtomicInteger();
    private long slowestNanos;
    private @Nullable Throwable failure;
    private volatile boolean closed;

    WatchingClients(int port) throws Exception {
        ping = URI.create("http://127.0.0.1:" + port + "/ping");
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/metrics/stream"), new Messages())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics/stream"))
                .header("Accept", "text/event-stream")
                .build();
        var lines = client.sendAsync(request, BodyHandlers.ofLines())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .body();
        daemon(new Thread(() -> lines.filter(line -> line.startsWith("data: "))
                .forEach(line -> events.add(line.substring("data: ".length()), line.length()))));
        daemon(asking);
    }

    private static void daemon(Thread thread) {
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until both have had so many more. */
    void awaitFrames(int frames) throws InterruptedException {
        int event = events.after(frames);
        int message = messages.after(frames);
        events.await(event);
        messages.await(message);
    }

    /** Waits until so many more requests have been answered. */
    void awaitAnswers(int requests) {
        int wanted = answers.get() + requests;
        while (answers.get() < wanted && asking.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** The longest time between two frames since this was last asked. */
    long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(events.longestNanos(), messages.longestNanos()));
    }

    int largestBytes() {
        return Math.max(events.largest(), messages.largest());
    }

    /** Nobody missed anything, and no request failed. */
    String check() throws InterruptedException {
        closed = true;
        asking.join(PATIENCE.toMillis());
        assertThat(asking.isAlive()).as("a request is not answered").isFalse();
        assertThat(failure).isNull();
        return events.check() + " events and " + messages.check() + " messages without a gap, " + answers
                + " requests answered meanwhile, the slowest in " + TimeUnit.NANOSECONDS.toMillis(slowestNanos) + " ms";
    }

    private void askAgainAndAgain() {
        HttpRequest request = HttpRequest.newBuilder(ping).timeout(PATIENCE).build();
        try {
            while (!closed) {
                long begun = System.nanoTime();
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                assertThat(answer.statusCode() + answer.body()).isEqualTo("200ok");
                slowestNanos = Math.max(slowestNanos, System.nanoTime() - begun);
                answers.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } catch (IOException | InterruptedException | AssertionError e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        closed = true;
        socket.abort();
    }

    private final class Messages implements WebSocket.Listener {

        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                messages.add(message.toString(StandardCharsets.UTF_8), message.size());
                message.reset();
            }
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    /** What one of them has read. */
    private static final class Frames {

        private int count;
        private int largest;
        private int gaps;
        private long number;
        private long lastNanos;
        private long longestNanos;

        /** @param json of the frame: its first field is its id, which ends with a number */
        synchronized void add(String json, int length) {
            long now = System.nanoTime();
            long found = Long.parseLong(json.substring(json.indexOf('-') + 1, json.indexOf('"', json.indexOf('-'))));
            if (count > 0) {
                gaps += found == number + 1 ? 0 : 1;
                longestNanos = Math.max(longestNanos, now - lastNanos);
            }
            number = found;
            lastNanos = now;
            largest = Math.max(largest, length);
            count++;
            notifyAll();
        }

        synchronized int after(int frames) {
            return count + frames;
        }

        synchronized void await(int wanted) throws InterruptedException {
            long deadline =
                    System.nanoTime() + PATIENCE.toNanos() + TimeUnit.SECONDS.toNanos(2L * Math.max(0, wanted - count));
            while (count < wanted) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                assertThat(left).as("frames: " + count + " of " + wanted).isPositive();
                wait(left);
            }
        }

        synchronized int largest() {
            return largest;
        }

        synchronized long longestNanos() {
            long longest = longestNanos;
            longestNanos = 0;
            return longest;
        }

        synchronized int check() {
            assertThat(gaps).as("gaps in the numbers of frames").isZero();
            return count;
        }
    }
}
