package io.millisight.health.probe;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs jobs that may hang where no interrupt reaches them, and waits for each no longer than told.
 *
 * <p>A job has a daemon thread of its own that ends with it. One that is given up is interrupted and left to itself; it has
 * to close what it opened. While it hangs no other is started: a dead server costs one thread, however often it is asked.
 */
final class BoundedCall {

    private final String threadName;

    /** Held by the job that runs. */
    private final Semaphore free = new Semaphore(1);

    BoundedCall(String threadName) {
        this.threadName = threadName;
    }

    /**
     * What the job returns.
     *
     * @throws TimeoutException when it takes longer, the end of an earlier one that hangs included
     * @throws InterruptedException when the calling thread is interrupted; so is the job
     * @throws Exception what the job throws
     */
    <T> T call(Callable<T> job, long nanos) throws Exception {
        long begin = System.nanoTime();
        if (!free.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("the last attempt still hangs");
        }
        FutureTask<T> task = new FutureTask<>(job);
        start(task);
        try {
            return task.get(nanos - (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        } finally {
            task.cancel(true);
        }
    }

    private void start(FutureTask<?> task) {
        boolean started = false;
        try {
            Thread thread = new Thread(
                    () -> {
                        try {
                            task.run();
                        } finally {
                            free.release();
                        }
                    },
                    threadName);
            thread.setDaemon(true);
            thread.start();
            started = true;
        } finally {
            if (!started) {
                free.release();
            }
        }
    }
}
