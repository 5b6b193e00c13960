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
import java.util.List;
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
 * counted, and hands its rollup changes on to the next: detail degrades, totals do not. The rollups that so add up are
 * bounded as well, by {@link #MOST_ROLLUPS}: beyond it the oldest minutes become hours, then days.
 */
public final class StoreFeed implements ObservationSink {

    /** Portions are cut at about so many requests: one transaction each. */
    public static final int PORTION = 32_768;

    /** Requests are given up from this fill of the ring on, 0 to 1. */
    static final double FULL = 0.75;

    /**
     * So many rollups wait at most before the oldest are folded together: some 2 KiB each, those of a day up to 3. Exceeded
     * only by what cannot be folded further: endpoints times months.
     */
    static final int MOST_ROLLUPS = 8_192;

    /** Columns are kept for a later portion unless they have room for so many times what this one held. */
    static final int ROOMY = 4;

    /** Portions that wait are put together up to so many requests, for one takes 32 KiB however little is in it. */
    static final int SMALL = 1_024;

    /** A stretch of the journal on its way to the store. */
    static final class Portion {
        final JournalCursor from;
        final JournalCursor to;
        final RequestColumns requests;
        final WaitingRollups rollups;

        Portion(JournalCursor from, JournalCursor to, RequestColumns requests, WaitingRollups rollups) {
            this.from = from;
            this.to = to;
            this.requests = requests;
            this.rollups = rollups;
        }

        List<RollupChange> changes() {
            return rollups.changes();
        }
    }

    private final Journal journal;
    private RequestColumns openRequests = new RequestColumns(1_024);
    private WaitingRollups openRollups = new WaitingRollups();
    private Rollup[] minuteRollups = new Rollup[16];
    private long minute = Long.MIN_VALUE;
    private JournalCursor openFrom;
    private JournalCursor openTo;

    private final ArrayDeque<Portion> waiting = new ArrayDeque<>();
    private @Nullable Portion attempted;

    /** Of the portion that was stored last, for the next: under load there would be a megabyte of garbage a second. */
    private @Nullable RequestColumns spare;

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
            rollup = openRollups.rollup(ofMinute * TimeRange.MINUTE, endpointId);
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
        if (openRequests.size() == 0) {
            return;
        }
        Portion portion = new Portion(openFrom, openTo, openRequests, openRollups);
        openRollups = new WaitingRollups();
        minute = Long.MIN_VALUE;
        openFrom = openTo;
        synchronized (this) {
            openRequests = empty(portion.requests.size());
            waitingRequests += portion.requests.size();
            append(portion, SMALL);
            boundRollups();
        }
    }

    /** Columns without requests, with room for about as many as these. */
    private RequestColumns empty(int requests) {
        RequestColumns columns = spare;
        spare = null;
        return columns == null ? new RequestColumns(Math.min(PORTION, Math.max(SMALL, requests))) : columns;
    }

    private void keepForLater(RequestColumns columns) {
        if (columns.capacity() <= Math.max(SMALL, ROOMY * columns.size())) {
            columns.clear();
            spare = columns;
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
            freed = oldest.to;
            Portion next = waiting.poll();
            if (next != null) {
                oldest.rollups.addAll(next.rollups);
                waiting.addFirst(new Portion(oldest.from, next.to, next.requests, oldest.rollups));
            } else {
                waiting.addFirst(new Portion(oldest.from, oldest.to, new RequestColumns(0), oldest.rollups));
                if (requests == 0) {
                    return false;
                }
            }
        }
        journal.free(freed);
        return true;
    }

    /** Puts a portion behind the others, or makes it one with the last if both are small. */
    private void append(Portion portion, long most) {
        Portion last = waiting.peekLast();
        if (last != null && last.requests.size() + portion.requests.size() <= most) {
            waiting.removeLast();
            last.requests.addAll(portion.requests);
            last.rollups.addAll(portion.rollups);
            waiting.add(new Portion(last.from, portion.to, last.requests, last.rollups));
        } else {
            waiting.add(portion);
        }
    }

    /**
     * Keeps the heap flat however long the store is away. Portions become fewer first, so that endpoints share their
     * minutes, at the price of larger steps when requests are given up; then the oldest minutes fold into hours, and so on.
     */
    private void boundRollups() {
        if (rollupsWaiting() <= MOST_ROLLUPS) {
            return;
        }
        List<Portion> portions = new ArrayList<>(waiting);
        waiting.clear();
        long most = Math.min(PORTION, Math.max(SMALL, waitingRequests / 8));
        portions.forEach(portion -> append(portion, most));
        int excess = rollupsWaiting() - MOST_ROLLUPS * 7 / 8; // a little more than needed, so that it is seldom needed
        for (long spanMicros : WaitingRollups.SPANS) {
            for (Portion portion : waiting) {
                if (excess > 0) {
                    excess -= portion.rollups.fold(spanMicros, excess);
                }
            }
        }
    }

    /** How many rollups wait, one per portion, endpoint and window; but for the portion that is being stored. */
    synchronized int rollupsWaiting() {
        int rollups = 0;
        for (Portion portion : waiting) {
            rollups += portion.rollups.size();
        }
        return rollups;
    }

    /** The oldest portion, the same again until it is {@link #stored}; null when nothing waits. */
    synchronized @Nullable Portion next() {
        if (attempted == null) {
            attempted = waiting.poll();
        }
        return attempted;
    }

    /** The portion is in the store: the ring may overwrite it, and the feed its columns. */
    void stored(Portion portion) {
        synchronized (this) {
            attempted = null;
            waitingRequests -= portion.requests.size();
            stored += portion.requests.size();
            keepForLater(portion.requests);
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
