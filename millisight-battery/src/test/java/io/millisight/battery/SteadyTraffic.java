package io.millisight.battery;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests with numbers for ids, sent over kept connections by two threads, one after the other, and remembered when they
 * were fully answered: the independent oracle of what a service must know.
 */
final class SteadyTraffic {

    private static final int THREADS = 2;

    private final AtomicInteger next = new AtomicInteger();
    private final BitSet answered = new BitSet();
    private final List<String> failures = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile int endpoints = 5;
    private volatile long pauseNanos = TimeUnit.MICROSECONDS.toNanos(300);
    private volatile boolean stopped;
    private final AtomicLong longestNanos = new AtomicLong();

    /** From now on over so many endpoints. */
    void over(int endpoints) {
        this.endpoints = endpoints;
    }

    /** From now on each thread rests for so long between two requests. */
    void pauseBetween(long nanos) {
        pauseNanos = nanos;
    }

    /** How many were sent: ids are below it. */
    int sent() {
        return next.get();
    }

    /** Ids of those that were fully answered. */
    BitSet answered() {
        synchronized (answered) {
            return (BitSet) answered.clone();
        }
    }

    int answers() {
        synchronized (answered) {
            return answered.cardinality();
        }
    }

    /** How long the slowest answer has taken. */
    long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
    }

    /** Those that were not answered as they should be. */
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    /** Sends to this service until {@link #pause}. */
    void begin(FaultedProcess service) {
        stopped = false;
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> send(service.port(), Integer.MAX_VALUE), "traffic-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Ends, with every request answered. */
    void pause() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    /** Sends so many, and is through. */
    void send(FaultedProcess service, int requests) {
        stopped = false;
        send(service.port(), requests);
    }

    private void send(int port, int most) {
        int id = -1;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < most && !stopped; i++) {
                id = next.getAndIncrement();
                String request = "GET /api/e" + id % endpoints + " HTTP/1.1\r\nHost: localhost\r\n" + FaultedService.ID
                        + ": " + id + "\r\n\r\n";
                long begun = System.nanoTime();
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                String answer = read(in);
                longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
                if (answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\nok")) {
                    synchronized (answered) {
                        answered.set(id);
                    }
                } else {
                    fail("request " + id + ": " + answer);
                }
                LockSupport.parkNanos(pauseNanos);
            }
        } catch (IOException e) {
            fail("request " + id + ": " + e);
        }
    }

    /** Head and body: all our bodies have two bytes. */
    private static String read(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("ended after " + answer);
            }
            answer.append((char) read);
        }
        return answer.append(new String(in.readNBytes(2), StandardCharsets.US_ASCII))
                .toString();
    }

    private void fail(String failure) {
        synchronized (failures) {
            failures.add(failure);
        }
    }
}
