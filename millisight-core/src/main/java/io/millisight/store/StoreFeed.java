package io.millisight.store;

import io.millisight.block.RequestColumns;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Observation;
import io.millisight.rollup.ObservationSink;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is to be stored, in portions that begin and end at journal cursors.
 *
 * <p>Thread-safety. {@link #accept} is called under the consumer's lock and fills the open portion, which nobody else
 * touches. Closed portions wait in a queue under this object's monitor; the writer takes the oldest and keeps it until it
 * knows that it is stored.
 *
 * <p>When the ring runs full because the store is away, the oldest waiting portion gives up its single requests, which are
 * counted, and hands its rollup changes on to the next: detail degrades, totals do not.
 */
public final class StoreFeed implements ObservationSink {

    /** Portions are cut at about so many requests: one transaction each. */
    public static final int PORTION = 32_768;

    /** Requests are given up from this fill of the ring on, 0 to 1. */
    static final double FULL = 0.75;

    /** A stretch of the journal on its way to the store. */
    static final class Portion {
        final JournalCursor from;
        final JournalCursor to;
        final RequestColumns requests;
        final List<RollupChange> changes;

        Portion(JournalCursor from, JournalCursor to, RequestColumns requests, List<RollupChange> changes) {
            this.from = from;
            this.to = to;
            this.requests = requests;
            this.changes = changes;
        }
    }

    private record Window(int endpointId, long startMicros) {}

    private final Journal journal;
    private RequestColumns openRequests = new RequestColumns(1_024);
    private final Map<Window, Rollup> openChanges = new HashMap<>();
    private Rollup[] minuteRollups = new Rollup[16];
    private long minute = Long.MIN_VALUE;
    private JournalCursor openFrom;
    private JournalCursor openTo;

    private final ArrayDeque<Portion> waiting = new ArrayDeque<>();
    private @Nullable Portion attempted;
    private volatile @Nullable Thread writer;
    private long waitingRequests;
    private long stored;
    private long givenUp;

    /** A feed that begins where the reader does. */
    public StoreFeed(Journal journal, JournalCursor begin) {
        this.journal = journal;
        this.openFrom = begin;
        this.openTo = begin;
    }

    @Override
    public void accept(Observation observation) {
        openRequests.add(
                observation.completedAtMicros(),
                observation.durationNanos(),
                observation.endpointId(),
                observation.status(),
                observation.outcome().code() | (observation.stream() ? RequestColumns.STREAM : 0),
                observation.userId());
        rollup(observation.endpointId(), Math.floorDiv(observation.completedAtMicros(), TimeRange.MINUTE))
                .add(observation);
    }

    /** The open rollup of an endpoint and minute; nearly always that of the minute before this call. */
    private Rollup rollup(int endpointId, long ofMinute) {
        if (ofMinute != minute) {
            minute = ofMinute;
            minuteRollups = new Rollup[minuteRollups.length];
        }
        if (endpointId >= minuteRollups.length) {
            minuteRollups = Arrays.copyOf(minuteRollups, Math.max(endpointId + 1, 2 * minuteRollups.length));
        }
        Rollup rollup = minuteRollups[endpointId];
        if (rollup == null) {
            rollup = openChanges.computeIfAbsent(
                    new Window(endpointId, ofMinute * TimeRange.MINUTE), window -> new Rollup());
            minuteRollups[endpointId] = rollup;
        }
        return rollup;
    }

    @Override
    public void drained(JournalCursor upTo, long nowMicros) {
        readUpTo(upTo);
        while (journal.fill() >= FULL && giveUpOldest()) {}
    }

    /** Everything before {@code upTo} has been accepted: a portion may end here. */
    public void readUpTo(JournalCursor upTo) {
        openTo = upTo;
        if (openRequests.size() >= PORTION) {
            cut();
            LockSupport.unpark(writer);
        }
    }

    /** The thread to wake when a portion is full, so that a busy service does not wait for the interval. */
    void wakes(@Nullable Thread writer) {
        this.writer = writer;
    }

    /** Closes the open portion, so that the writer can take it. Under the consumer's lock. */
    public void cut() {
        if (openRequests.size() == 0 && openChanges.isEmpty()) {
            return;
        }
        List<RollupChange> changes = new ArrayList<>(openChanges.size());
        openChanges.forEach(
                (window, rollup) -> changes.add(new RollupChange(window.endpointId(), window.startMicros(), rollup)));
        Portion portion = new Portion(openFrom, openTo, openRequests, changes);
        openRequests = new RequestColumns(Math.min(PORTION, Math.max(1_024, portion.requests.size())));
        openChanges.clear();
        minute = Long.MIN_VALUE;
        openFrom = openTo;
        synchronized (this) {
            waiting.add(portion);
            waitingRequests += portion.requests.size();
        }
    }

    /** Makes room in the ring at the cost of detail; false if there is none to be made. */
    private boolean giveUpOldest() {
        cut();
        JournalCursor freed;
        synchronized (this) {
            Portion oldest = waiting.poll();
            if (oldest == null) {
                return false;
            }
            int requests = oldest.requests.size();
            givenUp += requests;
            waitingRequests -= requests;
            Portion next = waiting.poll();
            freed = oldest.to;
            waiting.addFirst(
                    next == null
                            ? new Portion(oldest.from, oldest.to, new RequestColumns(0), oldest.changes)
                            : new Portion(oldest.from, next.to, next.requests, sum(oldest.changes, next.changes)));
            if (next == null && requests == 0) {
                return false;
            }
        }
        journal.free(freed);
        return true;
    }

    private static List<RollupChange> sum(List<RollupChange> first, List<RollupChange> second) {
        Map<Window, Rollup> sums = new HashMap<>();
        for (List<RollupChange> changes : List.of(first, second)) {
            for (RollupChange change : changes) {
                sums.computeIfAbsent(
                                new Window(change.endpointId(), change.windowStartMicros()), window -> new Rollup())
                        .add(change.rollup());
            }
        }
        List<RollupChange> summed = new ArrayList<>(sums.size());
        sums.forEach(
                (window, rollup) -> summed.add(new RollupChange(window.endpointId(), window.startMicros(), rollup)));
        return summed;
    }

    /** The oldest portion, the same again until it is {@link #stored}; null when nothing waits. */
    synchronized @Nullable Portion next() {
        if (attempted == null) {
            attempted = waiting.poll();
        }
        return attempted;
    }

    /** The portion is in the store: the ring may overwrite it. */
    void stored(Portion portion) {
        synchronized (this) {
            attempted = null;
            waitingRequests -= portion.requests.size();
            stored += portion.requests.size();
        }
        journal.free(portion.to);
    }

    /** What became of the requests that this feed took. Under the consumer's lock, so that the numbers belong together. */
    public synchronized Counts counts() {
        return new Counts(stored, waitingRequests + openRequests.size(), givenUp);
    }

    /**
     * Requests by their state.
     *
     * @param stored in the store
     * @param pending waiting for it
     * @param givenUp not stored as requests, because the store was away for longer than the ring holds
     */
    public record Counts(long stored, long pending, long givenUp) {

        /** All that the feed ever took. */
        public long taken() {
            return stored + pending + givenUp;
        }
    }
}
