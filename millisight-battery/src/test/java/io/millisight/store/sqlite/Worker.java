package io.millisight.store.sqlite;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does what may hang, for a test that goes on meanwhile. What hangs says so, and stays so until the test has done what it
 * wants to do in between.
 */
final class Worker implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private record Event(boolean hangs, @Nullable Throwable failure) {}

    private final BlockingQueue<Callable<?>> tasks = new LinkedBlockingQueue<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Semaphore released = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "battery-store");
    private volatile @Nullable Object result;
    private volatile boolean closed;

    Worker() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                result = tasks.take().call();
                events.add(new Event(false, null));
            } catch (Throwable t) {
                events.add(new Event(false, t));
            }
        }
    }

    /** Called by what hangs, on whichever thread; returns when the test lets it go on. */
    void hang() {
        events.add(new Event(true, null));
        released.acquireUninterruptibly();
    }

    /**
     * Does this, and {@code meanwhile} each time that it hangs.
     *
     * @return what it threw, or null
     */
    @Nullable Throwable perform(Callable<?> task, Runnable meanwhile) throws InterruptedException {
        result = null;
        tasks.add(task);
        while (true) {
            Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("neither done nor hanging for " + PATIENCE_SECONDS + " s");
            }
            if (!event.hangs()) {
                return event.failure();
            }
            try {
                meanwhile.run();
            } finally {
                released.release();
            }
        }
    }

    /** Whether the caller is this thread. */
    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** What the last task returned. */
    @Nullable Object result() {
        return result;
    }

    @Override
    public void close() {
        closed = true;
        tasks.add(() -> true);
    }
}
