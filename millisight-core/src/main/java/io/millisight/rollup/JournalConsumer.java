package io.millisight.rollup;

import io.millisight.journal.Journal;
import io.millisight.journal.JournalCursor;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.observe.WallAnchor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one consumer of the journal: decodes each observation once and hands it to every sink.
 *
 * <p>Thread-safety. Whoever holds the lock is the consumer: mostly the thread {@code millisight-rollup}, and now and then
 * a reader, which drains first so that its answer holds everything that completed before it asked. Sinks are touched under
 * the lock alone and need none of their own. Request threads never take it.
 */
public final class JournalConsumer {

    private static final Logger log = LoggerFactory.getLogger("millisight");

    /** How long to sleep while observations come: long, because a wake-up costs more than a thousand of them. */
    private static final long BUSY_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The sleep doubles up to this while nothing comes. The ring wakes the thread when it fills. */
    private static final long IDLE_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    /** How often a reader looks again for writers between claim and seal: some milliseconds at most. */
    private static final int SEAL_SPINS = 10_000;

    /** Observations a step at most: sinks get the chance to cut batches in between. */
    private static final int STEP = 65_536;

    private final Journal journal;
    private final JournalReader reader;
    private final TimeSource time;
    private final WallAnchor anchor;
    private final List<ObservationSink> sinks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private long accepted;
    private long faults;
    private volatile boolean closed;

    /** A consumer that hands everything to {@code sinks}, in this order. */
    public JournalConsumer(
            Journal journal, JournalReader reader, TimeSource time, WallAnchor anchor, List<ObservationSink> sinks) {
        this.journal = journal;
        this.reader = reader;
        this.time = time;
        this.anchor = anchor;
        this.sinks = List.copyOf(sinks);
        this.thread = new Thread(this::run, "millisight-rollup");
        this.thread.setDaemon(true);
        this.thread.setContextClassLoader(null);
    }

    /** Begins to drain in the background. */
    public void start() {
        journal.wakes(thread);
        thread.start();
    }

    private void run() {
        long sleep = BUSY_SLEEP_NANOS;
        while (!closed) {
            LockSupport.parkNanos(this, sleep);
            Thread.interrupted(); // Whoever interrupts this thread must not keep it from parking ever again.
            lock.lock();
            try {
                sleep = drain() > 0 ? BUSY_SLEEP_NANOS : Math.min(2 * sleep, IDLE_SLEEP_NANOS);
                anchor.refresh();
            } catch (Throwable t) {
                fault("draining the journal", t);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Asks something of the sinks' state, after draining: all that completed before the call is in the answer.
     */
    public <T> T read(Supplier<T> question) {
        lock.lock();
        try {
            drainCompleted();
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    private void drainCompleted() {
        JournalCursor tails = reader.tails();
        drain();
        for (int spin = 0; spin < SEAL_SPINS && !reader.hasReachedTail(tails); spin++) {
            Thread.onSpinWait();
            drain();
        }
    }

    private int drain() {
        int ofLane = STEP / journal.lanes();
        int drained = 0;
        int step;
        do {
            step = reader.poll(ofLane, this::accept);
            drained += step;
            JournalCursor upTo = reader.cursor();
            long now = time.epochMicros();
            for (ObservationSink sink : sinks) {
                try {
                    sink.drained(upTo, now);
                } catch (Throwable t) {
                    fault("ending a drain", t);
                }
            }
        } while (step >= ofLane);
        return drained;
    }

    private void accept(Observation observation) {
        accepted++;
        for (ObservationSink sink : sinks) {
            try {
                sink.accept(observation);
            } catch (Throwable t) {
                fault("taking an observation", t);
            }
        }
    }

    /** One sink's fault harms no other, and is logged at powers of two. */
    private void fault(String doing, Throwable t) {
        faults++;
        if (Long.bitCount(faults) == 1) {
            log.error("fault {} while {}", faults, doing, t);
        }
    }

    /** Observations handed on so far. Under the lock: inside {@link #read}. */
    public long accepted() {
        return accepted;
    }

    /** Faults of sinks so far. Under the lock: inside {@link #read}. */
    public long faults() {
        return faults;
    }

    /** Ends the thread, after a last drain. */
    public void close() {
        closed = true;
        journal.wakes(null);
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        read(() -> null);
    }
}
