package io.millisight.benchmarks.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Clients that ask a service on this machine: each as fast as it is answered, or all at a fixed rate. */
final class Load implements AutoCloseable {

    private static final int CLIENTS = 4;

    /** A sleeping thread comes late by about as much: the rest is waited for awake. */
    private static final long AWAKE_NANOS = 80_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);

    /** What one client does. */
    private interface Session {
        void run(Client client, int number) throws Exception;
    }

    /** The next request when the last is answered; nanoseconds for all of them. */
    long closed(int port, int requests) throws Exception {
        long start = System.nanoTime();
        each(port, (client, number) -> {
            for (int i = number; i < requests; i += CLIENTS) {
                client.get(i);
            }
        });
        return System.nanoTime() - start;
    }

    /**
     * A request every so often, whether or not the last is answered in time. Latencies, in nanoseconds, count from when a request
     * was due: those that had to wait for a slow one are slow too.
     */
    Histogram open(int port, int requests, int perSecond) throws Exception {
        Histogram latencies = new Histogram(3);
        long start = System.nanoTime();
        each(port, (client, number) -> {
            Histogram own = new Histogram(3);
            for (int i = number; i < requests; i += CLIENTS) {
                long due = start + i * 1_000_000_000L / perSecond;
                await(due);
                client.get(i);
                own.recordValue(System.nanoTime() - due);
            }
            synchronized (latencies) {
                latencies.add(own);
            }
        });
        return latencies;
    }

    private static void await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > AWAKE_NANOS) {
                LockSupport.parkNanos(left - AWAKE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void each(int port, Session session) throws Exception {
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            done.add(threads.submit(() -> {
                try (Client client = new Client(port)) {
                    session.run(client, number);
                }
                return null;
            }));
        }
        for (Future<?> client : done) {
            client.get();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
