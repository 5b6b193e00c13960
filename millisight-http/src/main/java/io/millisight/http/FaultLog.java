package io.millisight.http;

import io.millisight.observe.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Counts faults of ours and logs at most one a minute: whoever asks every second must not fill a disk. Any thread. */
final class FaultLog {

    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private final Logger log;
    private final TimeSource time;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong nextNanos;

    FaultLog(Logger log, TimeSource time) {
        this.log = log;
        this.time = time;
        this.nextNanos = new AtomicLong(time.nanoTime());
    }

    /** @param where method and path: hostile text */
    void report(String where, Throwable fault) {
        count.incrementAndGet();
        long now = time.nanoTime();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            held.incrementAndGet();
            return;
        }
        String printable = where.replaceAll("[^\\x20-\\x7e]", "?");
        log.error("{} failed; {} such faults were not logged since the last one", printable, held.getAndSet(0), fault);
    }

    long count() {
        return count.get();
    }
}
