package io.millisight.observe;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults of the monitoring itself. They never reach the user's request: they are counted, and logged once a minute at
 * most. Any number of threads, no lock.
 */
public final class Faults {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final long SILENCE_NANOS = 60_000_000_000L;

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong quietUntilNanos = new AtomicLong();

    /** Never throws: this is called where a throw would end in the user's request. */
    public void count(String where, Throwable fault) {
        try {
            long counted = count.incrementAndGet();
            long now = System.nanoTime();
            long quietUntil = quietUntilNanos.get();
            boolean speak = counted == 1 || now - quietUntil >= 0;
            if (speak && quietUntilNanos.compareAndSet(quietUntil, now + SILENCE_NANOS)) {
                LOG.warn("{}: fault {} of the monitoring; the request was not affected", where, counted, fault);
            }
        } catch (Throwable another) {
            // Memory or stack are short, or the logger itself fails: there is nobody left to tell.
        }
    }

    /** Faults since start. */
    public long count() {
        return count.get();
    }
}
