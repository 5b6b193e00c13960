package io.millisight.observe;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many requests have begun and not ended. Any number of threads; no lock, no allocation, nothing that throws.
 *
 * <p>Two counters, each in stripes that are picked by thread, a cache line apart: a request costs two uncontended
 * increments. {@link #count()} reads the ends before the beginnings, and every end follows its beginning, so it is never
 * negative; a request that begins or ends meanwhile may count or not.
 */
public final class InFlight {

    private static final int STRIPES = 16;

    /** Longs from one counter to the next: two cache lines, as they are fetched in pairs. */
    private static final int APART = 16;

    private static final int ENDED = STRIPES * APART;

    /** The stripes of {@code began}, then those of {@code ended}. */
    private final AtomicLongArray counters = new AtomicLongArray(2 * STRIPES * APART);

    /** A request begins. {@link #ended()} must follow, once, on whatever thread. */
    public void began() {
        counters.getAndIncrement(stripe());
    }

    /** A request that began has ended. */
    public void ended() {
        counters.getAndIncrement(ENDED + stripe());
    }

    /** How many are under way; 0 or more. */
    public long count() {
        long ended = sum(ENDED);
        return sum(0) - ended;
    }

    private static int stripe() {
        return ((int) Thread.currentThread().getId() & (STRIPES - 1)) * APART;
    }

    private long sum(int from) {
        long sum = 0;
        for (int at = from; at < from + STRIPES * APART; at += APART) {
            sum += counters.get(at);
        }
        return sum;
    }
}
