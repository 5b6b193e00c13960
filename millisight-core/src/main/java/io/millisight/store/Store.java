package io.millisight.store;

import io.millisight.journal.JournalCursor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where requests, rollups, journal cursors and the history of health checks are kept. One thread at a time calls {@link
 * #commit}, {@link #addHealth} and {@link #maintain}; any thread calls the reads, at any time.
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
     * changes nothing.
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

    /** Hands every rollup of the range to the visitor, in no order; an endpoint and window may come in several parts. */
    void rollups(RollupQuery query, RollupVisitor visitor);

    /** Stored requests, newest first. */
    RequestPage requests(RequestQuery query);

    /**
     * Does one small step of upkeep: merges small parts, trims what retention has ended, gives disk space back.
     *
     * @param nowMicros wall time, in microseconds since 1970
     * @return true if there is more to do at once
     */
    boolean maintain(long nowMicros);

    /** What is kept, for people: counts and sizes. */
    StoreStatus status();

    @Override
    void close();
}
