package io.millisight.health;

import io.millisight.observe.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the checks in the background, each at its own pace, and answers from memory. Any thread adds checks and asks.
 *
 * <p>The thread {@code millisight-health} alone moves checks from state to state: it begins runs that are due, gives up
 * those that take too long, judges those that have ended, and tells the listeners. Probes run on threads
 * {@code millisight-check-n}, so that one that hangs delays no other. {@link #summary} reads what that thread has published.
 */
public final class HealthMonitor implements AutoCloseable {

    /** Checks at most: each may need a thread. */
    public static final int MAX_CHECKS = 200;

    private static final Logger log = LoggerFactory.getLogger("millisight");
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long IDLE_WORKER_SECONDS = 15;
    private static final long CLOSE_WAIT_MILLIS = 1_000;

    private final TimeSource time;
    private final List<HealthListener> listeners;
    private final Executor workers;
    private final LongUnaryOperator jitter;
    private final List<WatchedCheck> checks = new CopyOnWriteArrayList<>();
    private final Queue<ProbeRun> ended = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** A monitor that tells these listeners of every run, in this order. */
    public HealthMonitor(TimeSource time, List<HealthListener> listeners) {
        this(time, listeners, workers(), bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    HealthMonitor(TimeSource time, List<HealthListener> listeners, Executor workers, LongUnaryOperator jitter) {
        this.time = time;
        this.listeners = List.copyOf(listeners);
        this.workers = workers;
        this.jitter = jitter;
        this.thread = new Thread(this::run, "millisight-health");
        this.thread.setDaemon(true);
        this.thread.setContextClassLoader(null);
    }

    private static ExecutorService workers() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, MAX_CHECKS, IDLE_WORKER_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), probe -> {
                    Thread worker = new Thread(probe, "millisight-check-" + number.incrementAndGet());
                    worker.setDaemon(true);
                    worker.setContextClassLoader(null);
                    return worker;
                });
    }

    /**
     * Adds a check; it runs for the first time within a second.
     *
     * @throws IllegalArgumentException when the name is taken, or when there are {@link #MAX_CHECKS} already
     */
    public void add(HealthCheck check) {
        synchronized (checks) {
            if (has(check.name())) {
                throw new IllegalArgumentException(
                        "health check name: '" + check.name() + "' is taken; allowed: a name that no other check has");
            }
            if (checks.size() >= MAX_CHECKS) {
                throw new IllegalArgumentException(
                        "health check " + check.name() + ": one too many; allowed: at most " + MAX_CHECKS + " checks");
            }
            checks.add(new WatchedCheck(check, time, jitter, this::tell));
        }
        LockSupport.unpark(thread);
    }

    /** Whether there is a check of this name. */
    public boolean has(String name) {
        return checks.stream().anyMatch(check -> check.name().equals(name));
    }

    /** What is known now, from memory: asks nobody and waits for nothing. */
    public HealthSummary summary() {
        long nowNanos = time.nanoTime();
        List<CheckState> states = new ArrayList<>(checks.size());
        for (WatchedCheck check : checks) {
            states.add(check.state(nowNanos));
        }
        return new HealthSummary(time.epochMicros(), states);
    }

    /** Begins to run checks. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            long pause = LONGEST_PAUSE_NANOS;
            try {
                pause = step();
            } catch (Throwable t) {
                log.error("fault while checking health; it goes on", t);
                pause = TimeUnit.SECONDS.toNanos(1);
            }
            if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            }
            Thread.interrupted(); // Whoever interrupts this thread must not keep it from parking ever again.
        }
    }

    /** Does what is due; how long there is nothing to do then, unless somebody wakes the thread. On that thread alone. */
    long step() {
        for (ProbeRun run = ended.poll(); run != null; run = ended.poll()) {
            for (WatchedCheck check : checks) {
                check.ended(run);
            }
        }
        long pause = LONGEST_PAUSE_NANOS;
        for (WatchedCheck check : checks) {
            check.step(time.nanoTime(), workers, this::ended);
            pause = Math.min(pause, check.idleNanos(time.nanoTime()));
        }
        return ended.isEmpty() ? pause : 0;
    }

    private void ended(ProbeRun run) {
        ended.add(run);
        LockSupport.unpark(thread);
    }

    private void tell(CheckState before, CheckState now) {
        for (HealthListener listener : listeners) {
            try {
                listener.checked(before, now);
            } catch (RuntimeException e) {
                log.error("fault while hearing of health check {}", now.name(), e);
            }
        }
    }

    /** Ends the checking; probes that are running are interrupted, and heard no more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (workers instanceof ExecutorService service) {
            service.shutdownNow();
        }
    }
}
