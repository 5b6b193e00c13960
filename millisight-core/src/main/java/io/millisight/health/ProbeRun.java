package io.millisight.health;

import io.millisight.observe.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One run of a probe, on a worker's thread. The monitor's thread may give it up; a worker that comes back late is heard no
 * more.
 *
 * <p>Thread-safety. The worker writes {@link #result} and {@link #tookNanos} before it hands the run to {@code ended},
 * through which the monitor's thread sees them. {@link #worker} is guarded by this object, so that an interrupt never
 * reaches what the thread does next.
 */
final class ProbeRun implements Runnable {

    /** Hears of the end of a run, on the worker's thread. */
    interface Ended {
        void ended(ProbeRun run);
    }

    private final HealthCheck check;
    private final TimeSource time;
    private final long beganNanos;
    private final Ended ended;

    private @Nullable Thread worker;
    private HealthResult result = HealthResult.unknown("not run yet");
    private long tookNanos;

    ProbeRun(HealthCheck check, TimeSource time, Ended ended) {
        this.check = check;
        this.time = time;
        this.beganNanos = time.nanoTime();
        this.ended = ended;
    }

    /** When it was handed to a worker. */
    long beganNanos() {
        return beganNanos;
    }

    HealthResult result() {
        return result;
    }

    long tookNanos() {
        return tookNanos;
    }

    @Override
    public void run() {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        synchronized (this) {
            worker = current;
        }
        long begin = time.nanoTime();
        try {
            // Drivers and clients look for their classes there; the worker itself must not hold on to an application.
            current.setContextClassLoader(check.probe().getClass().getClassLoader());
            result = ask(check.probe(), check.timeout());
        } finally {
            tookNanos = Math.max(0, time.nanoTime() - begin);
            current.setContextClassLoader(before);
            synchronized (this) {
                worker = null;
                Thread.interrupted();
            }
            ended.ended(this);
        }
    }

    @SuppressWarnings({"NullAway", "ConstantValue"}) // a probe is the application's code
    private static HealthResult ask(HealthProbe probe, Duration timeout) {
        try {
            HealthResult answer = probe.check(timeout);
            return answer == null ? HealthResult.down("the probe returned null") : answer;
        } catch (Throwable t) {
            return HealthResult.down(inOneLine(t));
        }
    }

    /** What was thrown, for people: no stack trace, and of a message its first line. */
    static String inOneLine(Throwable thrown) {
        String name = thrown.getClass().getSimpleName();
        String message;
        try {
            message = thrown.getMessage();
        } catch (RuntimeException e) {
            return name;
        }
        return message == null || message.isBlank()
                ? name
                : name + ": " + message.strip().lines().findFirst().orElse("");
    }

    /** Interrupts the worker, if it is still in the probe. */
    synchronized void interrupt() {
        if (worker != null) {
            worker.interrupt();
        }
    }
}
