package io.millisight.matrix;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * When the handler of one request was at work, by the number that the request carries. Client and container share the
 * process, hence the clock.
 */
final class Work {

    static final String NUMBER = "X-Number";

    private static final long PATIENCE_SECONDS = 20;
    private static final Map<String, Work> BY_NUMBER = new ConcurrentHashMap<>();

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile long beganNanos;
    private volatile long doneNanos;

    static Work of(String number) {
        return BY_NUMBER.computeIfAbsent(number, absent -> new Work());
    }

    static Work of(HttpServletRequest request) {
        return of(request.getHeader(NUMBER));
    }

    /** The first of its dispatches begins. */
    void begin() {
        if (beganNanos == 0) {
            beganNanos = System.nanoTime();
        }
        entered.countDown();
    }

    /** All that its answer needs is done; what it does from here on is not the client's to wait for. */
    void done() {
        if (doneNanos == 0) {
            doneNanos = System.nanoTime();
        }
    }

    /** How long it worked; 0 while it does. */
    long nanos() {
        return doneNanos == 0 ? 0 : doneNanos - beganNanos;
    }

    /** For the client: until the handler has begun. */
    void awaitEntered() throws InterruptedException {
        await(entered);
    }

    /** For the client: lets the handler go on. */
    void release() {
        released.countDown();
    }

    /** For the handler: until the client lets it go on. */
    void awaitRelease() {
        try {
            await(released);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the other side did not come");
        }
    }
}
