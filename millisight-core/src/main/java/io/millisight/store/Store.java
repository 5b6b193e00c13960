package io.millisight.store;

import io.millisight.journal.JournalCursor;
import io.millisight.rollup.TimeRange;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where requests, rollups, journal cursors, the history of health checks, signs of life and alerts are kept. One thread at
 * a time calls {@link #commit}, {@link #addHealth} and {@link #maintain}; any thread calls the others, at any time.
 *
 * <p>Every method throws {@link StoreException} when the store cannot do its work; the caller keeps what it has and
 * tries again.
 */
public interface Store extends AutoCloseable {

    /** How far this journal has been stored; empty when this store has never seen the journal. */
    Optional<JournalCursor> cursor(String journalId);

    /**
     * Stores requests, rollup changes and the cursor in one transaction: all or nothing.
     *
     * <p>Safe to repeat after an unknown outcome: a batch whose end the stored cursor has reached is already there and
     * changes nothing. A store keeps nothing of the batch itself: its columns are filled anew afterwards.
     *
     * @return true if the batch was written now, false if it had been written before
     * @throws StoreException also when the stored cursor lies inside the batch: another process wrote for this journal
     */
    boolean commit(StoreBatch batch);

    /**
     * Stores health records, all or nothing. Safe to repeat: one of the same check and instance is there already, and stays
     * as it is.
     */
    void addHealth(List<HealthRecord> records);

    /** Hands every matching health record to the visitor, oldest first. */
    void health(HealthQuery query, Consumer<HealthRecord> visitor);

    /**
     * Whether other instances write here too: what is asked of it then covers a fleet. May change once, from no to yes, when
     * a store is opened late.
     */
    default boolean isShared() {
        return false;
    }

    /**
     * Puts down a sign of life. Of an instance the one put down last counts, whatever its clock says: a clock that was wrong
     * is forgotten with the next sign.
     */
    void addInstance(InstanceRecord record);

    /** The last sign of life of every instance that retention has left, by the names of service and instance. */
    List<InstanceRecord> instances();

    /**
     * Keeps an alert and says whether to raise it: true for one caller, whoever of the fleet asks for the same thing. An alert
     * of the same subject that was raised less than {@code cooldownMicros} before or after it, or at the same instant,
     * silences it.
     *
     * <p>Atomic over all processes. Safe to repeat after an unknown outcome: an alert that is there already, of the same
     * subject, instant and {@link AlertRecord#raisedBy()}, is answered with true again.
     *
     * @return whether it is kept; false if another one silences it
     */
    boolean addAlert(AlertRecord alert, long cooldownMicros);

    /**
     * Alerts raised in the range, newest first.
     *
     * @param limit at most so many
     */
    List<AlertRecord> alerts(TimeRange range, Scope scope, int limit);

    /** Hands every rollup of the range and scope to the visitor, in no order; an endpoint and window may come in several parts. */
    void rollups(RollupQuery query, RollupVisitor visitor);

    /** Stored requests, newest first. */
    RequestPage requests(RequestQuery query);

    /**
     * How many stored requests match, by status. The query's limit and place do not count: all that match do.
     *
     * <p>Reads them page by page, unless a store knows better.
     */
    default SortedMap<Integer, Long> statuses(RequestQuery query) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        RequestQuery next = query.ofPages(RequestQuery.MAX_LIMIT);
        for (RequestPage page = requests(next); ; page = requests(next)) {
            page.requests().forEach(request -> counts.merge(request.status(), 1L, Long::sum));
            RequestKey last = page.next();
            if (last == null) {
                return counts;
            }
            next = next.after(last);
        }
    }

    /**
     * Does one small step of upkeep: merges small parts, trims what retention has ended, gives disk space back.
     *
     * @param nowMicros wall time, in microseconds since 1970: what ended before may be merged, for merging loses nothing
     * @param trustedMicros what retention counts from: wall time as far as it can be relied upon, never later than it
     * @return true if there is more to do at once
     */
    boolean maintain(long nowMicros, long trustedMicros);

    /** As {@link #maintain(long, long)}, by a clock that is known to be right. */
    default boolean maintain(long nowMicros) {
        return maintain(nowMicros, nowMicros);
    }

    /**
     * A time that has surely passed, by what is stored: an instant at or before which, and after which, requests of an hour's
     * worth of different minutes are kept. So it takes more than a few minutes under a wrong clock to move it. Asked once, at
     * the start, so that a wall clock which is wrong by then deletes nothing.
     *
     * @param nowMicros wall time; what is stored with a later time does not count
     * @return in microseconds since 1970, at most {@code nowMicros}; {@code nowMicros} itself for a store that keeps nothing
     *     from before
     */
    default long vouchedMicros(long nowMicros) {
        return nowMicros;
    }

    /** What is kept, for people: counts and sizes. */
    StoreStatus status();

    @Override
    void close();
}
