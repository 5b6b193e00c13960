package io.millisight.store;

import io.millisight.health.CheckState;
import io.millisight.health.HealthListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is to be stored of health checks: every turn, and of each check a sample a minute.
 *
 * <p>The health monitor's thread adds, the store's thread takes. While the store is away records wait; of more than
 * {@link #MOST_WAITING} the oldest are given up and counted.
 */
public final class HealthFeed implements HealthListener {

    /** More than a day of six checks. */
    static final int MOST_WAITING = 10_000;

    private static final long MINUTE_MICROS = 60_000_000L;

    private final String service;
    private final String instance;
    private final Map<String, Long> sampledMinutes = new HashMap<>();

    private final Deque<HealthRecord> waiting = new ArrayDeque<>();
    private long givenUp;
    private volatile @Nullable Thread writer;

    /** Of the checks that this instance of the service runs. */
    public HealthFeed(String service, String instance) {
        this.service = service;
        this.instance = instance;
    }

    /** The thread to wake when a check has turned. */
    void wakes(@Nullable Thread writer) {
        this.writer = writer;
    }

    @Override
    public void checked(CheckState before, CheckState now) {
        boolean turned = before.status() != now.status();
        long minute = Math.floorDiv(now.checkedAtMicros(), MINUTE_MICROS);
        Long sampled = sampledMinutes.get(now.name());
        if (!turned && sampled != null && sampled == minute) {
            return;
        }
        sampledMinutes.put(now.name(), minute);
        add(record(now));
        if (turned) {
            LockSupport.unpark(writer);
        }
    }

    private HealthRecord record(CheckState state) {
        return new HealthRecord(
                service,
                instance,
                state.name(),
                state.status(),
                state.checkedAtMicros(),
                state.checkedAtMicros() + knownMicros(state.interval()),
                state.responseTimeNanos(),
                state.message(),
                DetailsJson.of(state.details()));
    }

    /** Until the record after the next is due: one that is late by a run leaves no gap. */
    private static long knownMicros(Duration interval) {
        return 3 * Math.max(MINUTE_MICROS, interval.toNanos() / 1_000);
    }

    private synchronized void add(HealthRecord record) {
        waiting.addLast(record);
        if (waiting.size() > MOST_WAITING) {
            waiting.removeFirst();
            givenUp++;
        }
    }

    /** What waits, oldest first; it waits until it is {@link #stored}. */
    synchronized List<HealthRecord> waiting() {
        return new ArrayList<>(waiting);
    }

    /** These are in the store. */
    synchronized void stored(List<HealthRecord> records) {
        for (HealthRecord record : records) {
            if (record.equals(waiting.peekFirst())) {
                waiting.removeFirst();
            }
        }
    }

    /** Records given up because the store was away for too long. */
    public synchronized long givenUp() {
        return givenUp;
    }
}
