package io.millisight.health.probe;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs that may hang where no interrupt reaches them, and waits for each no longer than told.
 *
 * <p>A job has a daemon thread of its own that ends with it. One that is given up is interrupted and left to itself; it has
 * to close what it opened. While it hangs no other is started: a dead server costs one thread, however often it is asked.
 */
final class BoundedCall {

    private final String threadName;
    private final AtomicReference<@Nullable Object> running = new AtomicReference<>();

    BoundedCall(String threadName) {
        this.threadName = threadName;
    }

    /**
     * What the job returns.
     *
     * @throws TimeoutException when it takes longer, or an earlier one still hangs
     * @throws InterruptedException when the calling thread is interrupted; so is the job
     * @throws Exception what the job throws
     */
    <T> T call(Callable<T> job, long nanos) throws Exception {
        Object token = new Object();
        if (!running.compareAndSet(null, token)) {
            throw new TimeoutException("the last attempt still hangs");
        }
        FutureTask<T> task = new FutureTask<>(() -> {
            try {
                return job.call();
            } finally {
                // Before the caller gets the result, so that it may call again at once.
                running.compareAndSet(token, null);
            }
        });
        Thread thread = new Thread(
                () -> {
                    task.run();
                    // A task that was given up before it started has not run the line above.
                    running.compareAndSet(token, null);
                },
                threadName);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        } finally {
            task.cancel(true);
        }
    }
}
