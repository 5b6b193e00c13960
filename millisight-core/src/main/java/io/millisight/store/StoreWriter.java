package io.millisight.store;

import io.millisight.observe.Endpoint;
import io.millisight.observe.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what the feed has gathered, and does the store's upkeep in between. The thread {@code millisight-store}; a
 * caller of {@link #flush} commits on its own thread. One at a time, by a lock.
 *
 * <p>A portion is tried until the store says that it is there. Failures are reported once when the store goes away and
 * once when it is back; in between the pause doubles up to {@link #LONGEST_PAUSE_NANOS}, and a random part of it is left out: a
 * fleet that lost its store at one instant does not return at one.
 */
public final class StoreWriter {

    private static final Logger log = LoggerFactory.getLogger("millisight");
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FLUSH_WAIT_MILLIS = 5_000;
    private static final long IDLE_FACTOR = 4;

    /** Upkeep looks at the whole store: rarely enough that an idle service costs nothing. */
    private static final long UPKEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * Who writes.
     *
     * @param service name of the observed service
     * @param instance name of this instance
     * @param journalId id of the journal that the cursors belong to
     */
    public record Identity(String service, String instance, String journalId) {}

    private final Store store;
    private final StoreFeed feed;
    private final HealthFeed health;
    private final Identity identity;
    private final Supplier<List<Endpoint>> endpoints;
    private final Runnable cut;
    private final TimeSource time;
    private final long intervalNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private final List<Runnable> errands = new CopyOnWriteArrayList<>();
    private long upkeepDue;
    private long errandsDue;
    private boolean errandFailed;
    private @Nullable TrustedClock trusted;
    private volatile boolean closed;
    private volatile boolean away;

    /**
     * A writer between the feeds and a store.
     *
     * @param endpoints the endpoints by number
     * @param cut drains the journal and closes the feed's open portion, under the consumer's lock
     * @param interval how often to commit while requests come
     */
    public StoreWriter(
            Store store,
            StoreFeed feed,
            HealthFeed health,
            Identity identity,
            Supplier<List<Endpoint>> endpoints,
            Runnable cut,
            TimeSource time,
            Duration interval) {
        this.store = store;
        this.feed = feed;
        this.health = health;
        this.identity = identity;
        this.endpoints = endpoints;
        this.cut = cut;
        this.time = time;
        this.intervalNanos = interval.toNanos();
        this.upkeepDue = time.nanoTime();
        this.errandsDue = upkeepDue;
        this.thread = new Thread(this::run, "millisight-store");
        this.thread.setDaemon(true);
        this.thread.setContextClassLoader(null);
    }

    /**
     * Something else to be done with the store, every 10 s while it answers, on the store's thread. It must come back soon: no
     * commit is made meanwhile. What it throws is reported, and it is called again.
     */
    public void atUpkeep(Runnable errand) {
        errands.add(errand);
    }

    /** Begins to commit in the background. */
    public void start() {
        feed.wakes(thread);
        health.wakes(thread);
        thread.start();
    }

    private void run() {
        long pause = intervalNanos;
        boolean failed = false;
        while (!closed) {
            LockSupport.parkNanos(this, failed ? jittered(pause) : pause);
            Thread.interrupted(); // Whoever interrupts this thread must not keep it from parking ever again.
            try {
                cut.run();
                boolean wrote = commitAll(true);
                upkeep();
                failed = false;
                pause = wrote ? intervalNanos : Math.min(pause * 2, IDLE_FACTOR * intervalNanos);
            } catch (Throwable t) {
                fault(t);
                failed = true;
                pause = Math.min(Math.max(2 * pause, TimeUnit.SECONDS.toNanos(1)), LONGEST_PAUSE_NANOS);
            }
        }
    }

    /** From half of the pause to all of it. */
    static long jittered(long pauseNanos) {
        return ThreadLocalRandom.current().nextLong(pauseNanos / 2, pauseNanos + 1);
    }

    /**
     * Stores everything that completed before the call.
     *
     * @throws StoreException when the store is away or busy; what was not stored is kept and tried again
     */
    public void flush() {
        cut.run();
        storeCut();
    }

    /**
     * Stores the portions that the feed has closed.
     *
     * @throws StoreException as {@link #flush}
     */
    public void storeCut() {
        try {
            commitAll(false);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException("the store failed: " + e.getMessage(), e);
        }
    }

    /** Whether the last attempt to store failed. */
    public boolean isAway() {
        return away;
    }

    private boolean commitAll(boolean patient) {
        boolean wrote = false;
        acquire(patient);
        try {
            for (StoreFeed.Portion portion = feed.next(); portion != null; portion = feed.next()) {
                store.commit(new StoreBatch(
                        identity.service(),
                        identity.instance(),
                        identity.journalId(),
                        portion.from,
                        portion.to,
                        endpoints.get(),
                        portion.requests,
                        portion.changes()));
                feed.stored(portion);
                isBack();
                wrote = true;
            }
            storeHealth();
            return wrote;
        } catch (Throwable t) {
            wentAway(t);
            throw t;
        } finally {
            lock.unlock();
        }
    }

    private void storeHealth() {
        List<HealthRecord> records = health.waiting();
        if (records.isEmpty()) {
            return;
        }
        try {
            store.addHealth(records);
            health.stored(records);
            isBack();
        } catch (StoreException e) {
            if (!closed) {
                throw e;
            }
            // A flush that hung until after the end: its requests are stored, and for a sample of health it is too
            // late.
        }
    }

    private void acquire(boolean patient) {
        if (patient) {
            lock.lock();
            return;
        }
        if (lock.tryLock()) {
            return; // Also for an interrupted thread, which the timed attempt below would refuse.
        }
        try {
            if (lock.tryLock(FLUSH_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new StoreException("the store is busy; what is asked for would be incomplete, try again in a moment");
    }

    /**
     * A little at a time: a flush that waits for the lock must not wait for long, and what comes in meanwhile must be
     * committed before the ring is full.
     */
    void upkeep() {
        long begin = time.nanoTime();
        if (begin - upkeepDue < 0) {
            return;
        }
        boolean more = true;
        while (more && !closed && time.nanoTime() - begin <= intervalNanos) {
            upkeepDue = begin + UPKEEP_NANOS;
            more = maintain();
        }
        if (more) {
            upkeepDue = begin;
        }
        if (begin - errandsDue >= 0) {
            errandsDue = begin + UPKEEP_NANOS;
            runErrands();
        }
    }

    /** Each by itself, so that none is kept from its turn by another's fault. */
    private void runErrands() {
        Throwable failure = null;
        for (Runnable errand : errands) {
            try {
                if (!closed) {
                    errand.run();
                }
            } catch (Throwable t) {
                failure = t;
            }
        }
        if (failure != null && !errandFailed && !away) {
            log.warn(
                    "the fleet is not heard, or does not hear of this instance, for now; requests are not affected",
                    failure);
        }
        errandFailed = failure != null;
    }

    private boolean maintain() {
        lock.lock();
        try {
            if (trusted == null) {
                trusted = new TrustedClock(time, store.vouchedMicros(time.epochMicros()));
            }
            boolean more = store.maintain(time.epochMicros(), trusted.epochMicros());
            isBack();
            return more;
        } catch (Throwable t) {
            wentAway(t);
            throw t;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock, so that the last word is that of the last attempt. */
    private void wentAway(Throwable t) {
        if (!away) {
            away = true;
            log.warn("the store is away; requests wait in the journal and nothing else is affected", t);
        }
    }

    private void fault(Throwable t) {
        if (!away) {
            log.error("fault while storing; it is tried again", t);
        }
    }

    private void isBack() {
        if (away) {
            away = false;
            log.info("the store is back; what waited has been stored");
        }
    }

    /**
     * Stores what is left, as far as the store takes it, and ends the thread. Does not close the store.
     *
     * @return whether the store has taken everything and nobody waits for it any more; whoever asked more of it could hang
     */
    public boolean close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(FLUSH_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            flush();
            return !away && !thread.isAlive();
        } catch (StoreException e) {
            log.warn("not everything could be stored at the end; it is in the journal, for the next start", e);
            return false;
        }
    }
}
