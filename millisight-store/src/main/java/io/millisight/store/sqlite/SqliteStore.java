package io.millisight.store.sqlite;

import io.millisight.journal.JournalCursor;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.store.StoreStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store in one SQLite file. What it holds is documented in {@code docs/format/sqlite.md}.
 *
 * <p>One connection writes, and alone moves the WAL into the database ("checkpoint"); a few others read. A connection
 * that failed is dropped, and the next call opens another: so a disk that comes back is used again, and a file that is
 * damaged while in use is set aside, as it would be at the start.
 *
 * <p>Before each write, and again before it counts as written, the files must look as this store left them (see {@link
 * FileMarks}). A file that was removed, replaced or written to by another hand is opened again and checked.
 */
public final class SqliteStore implements Store {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    /** So often in a row another hand may be seen before times and sizes are no longer looked at. */
    private static final int MOST_ALARMS = 5;

    private static final long CLOSE_WAIT_MILLIS = 5_000;

    private final SqliteFile file;
    private final Retention retention;
    private final Checkpoints checkpoints;
    private final Unreadable unreadable = new Unreadable();

    /** Held while the writing connection is used, opened or closed. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Set by whoever meets damage or another hand's traces; the next write opens the file again and looks closely. */
    private final AtomicBoolean suspicious = new AtomicBoolean();

    /** How the files were left. Under {@link #writing}. */
    private FileMarks left;

    /** How often in a row another hand seemed to be at work. A file system that is late with its times looks like that. */
    private int alarms;

    /** Never changed once published; replaced together when the file is opened again. */
    private volatile @Nullable Opened opened;

    private volatile boolean closed;

    /** What belongs to one opening of the file. */
    private record Opened(Connection writer, ReadConnections readers, Names names) {}

    private SqliteStore(SqliteFile file, Retention retention) {
        this.file = file;
        this.retention = retention;
        this.checkpoints = new Checkpoints(file.path());
        this.left = FileMarks.of(file.path());
    }

    /**
     * Opens the store in this file, creating, migrating or setting aside as needed.
     *
     * @throws StoreException when the file cannot be opened
     */
    public static SqliteStore open(Path path, Retention retention) {
        return open(SqliteFile.at(path), retention);
    }

    static SqliteStore open(SqliteFile file, Retention retention) {
        SqliteStore store = new SqliteStore(file, retention);
        store.writing.lock();
        try {
            store.reopen();
        } finally {
            store.writing.unlock();
        }
        return store;
    }

    @Override
    public Optional<JournalCursor> cursor(String journalId) {
        return read((connection, names) -> Optional.ofNullable(BatchWriter.cursor(connection, journalId)));
    }

    @Override
    public boolean commit(StoreBatch batch) {
        return write((connection, names) -> {
            Names.Lookup lookup = names.lookup(connection);
            BatchWriter writer = new BatchWriter(connection, lookup, batch);
            boolean written = inTransaction(connection, transaction -> writer.write());
            lookup.remember();
            return written;
        });
    }

    @Override
    public void addHealth(List<HealthRecord> records) {
        write((connection, names) -> {
            Names.Lookup lookup = names.lookup(connection);
            inTransaction(connection, transaction -> {
                HealthRows.insert(transaction, lookup, records);
                return true;
            });
            lookup.remember();
            return true;
        });
    }

    @Override
    public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
        read((connection, names) -> {
            HealthRows.read(connection, query, visitor);
            return true;
        });
    }

    @Override
    public void addInstance(InstanceRecord record) {
        write((connection, names) -> {
            Names.Lookup lookup = names.lookup(connection);
            inTransaction(connection, transaction -> {
                InstanceRows.put(transaction, lookup, record);
                return true;
            });
            lookup.remember();
            return true;
        });
    }

    @Override
    public List<InstanceRecord> instances() {
        return read((connection, names) -> InstanceRows.read(connection));
    }

    @Override
    public boolean addAlert(AlertRecord alert, long cooldownMicros) {
        return write((connection, names) -> {
            Names.Lookup lookup = names.lookup(connection);
            boolean kept = inTransaction(
                    connection, transaction -> AlertRows.insert(transaction, lookup, alert, cooldownMicros));
            lookup.remember();
            return kept;
        });
    }

    @Override
    public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
        return read((connection, names) -> AlertRows.read(connection, range, scope, limit));
    }

    @Override
    public void rollups(RollupQuery query, RollupVisitor visitor) {
        read((connection, names) -> {
            new SqliteReads(names, unreadable).rollups(connection, query, visitor);
            return true;
        });
    }

    @Override
    public RequestPage requests(RequestQuery query) {
        return read((connection, names) -> new SqliteReads(names, unreadable).requests(connection, query));
    }

    @Override
    public SortedMap<Integer, Long> statuses(RequestQuery query) {
        return read((connection, names) -> new SqliteReads(names, unreadable).statuses(connection, query));
    }

    /** One step of: merging a minute's rollups, merging blocks, trimming, giving space back. Each is a short transaction. */
    @Override
    public boolean maintain(long nowMicros, long trustedMicros) {
        return write((connection, names) -> {
            boolean merged = inTransaction(connection, transaction -> {
                Merging merging = new Merging(transaction, unreadable);
                return merging.mergeMinute(nowMicros) || merging.mergeBlocks(nowMicros);
            });
            Trimming trimming = new Trimming(connection, retention);
            return merged
                    || inTransaction(connection, transaction -> trimming.trim(trustedMicros)) > 0
                    || trimming.giveSpaceBack();
        });
    }

    @Override
    public long vouchedMicros(long nowMicros) {
        return read((connection, names) -> Trimming.vouchedMicros(connection, nowMicros));
    }

    @Override
    public StoreStatus status() {
        Path path = file.path();
        long bytes = SqliteFile.sizeOf(path) + SqliteFile.sizeOf(SqliteFile.companion(path, "-wal"));
        return read(
                (connection, names) -> new SqliteReads(names, unreadable).status(connection, "SQLite " + path, bytes));
    }

    /**
     * Ends reads and writes, and moves all of the WAL into the database. Repeating it changes nothing.
     *
     * @throws StoreException also when a write hangs: it closes what is open once it is through
     */
    @Override
    public void close() {
        closed = true;
        if (!isMineWithin(CLOSE_WAIT_MILLIS)) {
            throw new StoreException(file.path() + ": close: a write is under way and does not end");
        }
        try {
            closeOpened();
        } catch (SQLException e) {
            throw failed("close", e);
        } finally {
            writing.unlock();
        }
    }

    private boolean isMineWithin(long millis) {
        if (writing.tryLock()) {
            return true; // Also for an interrupted thread, which the timed attempt below would refuse.
        }
        try {
            return writing.tryLock(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void closeOpened() throws SQLException {
        Opened current = opened;
        if (current == null) {
            return;
        }
        if (suspicious.get()) {
            leaveBehind(current);
            return;
        }
        opened = null;
        try (Connection writer = current.writer()) {
            current.readers().close();
            Connections.number(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** Work on a connection with the numbers that belong to its database. */
    @FunctionalInterface
    private interface Work<T> {
        T on(Connection connection, Names names) throws SQLException;
    }

    private <T> T read(Work<T> work) {
        Opened current = current();
        try {
            return current.readers().read(connection -> work.on(connection, current.names()));
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    /** What is open; opens again what a failure has closed. */
    private Opened current() {
        Opened current = opened;
        if (current != null) {
            return current;
        }
        writing.lock();
        try {
            current = opened;
            return current != null ? current : reopen();
        } finally {
            leave();
        }
    }

    private <T> T write(Work<T> work) {
        writing.lock();
        try {
            Opened current = opened;
            if (current != null) {
                lookForAnotherHand();
            }
            if (current == null || suspicious.get()) {
                current = reopen();
            }
            try {
                T result = work.on(current.writer(), current.names());
                requireUntouched(left.wal());
                checkpointIfDue(current.writer());
                return result;
            } catch (SQLException e) {
                if (!Connections.isPassing(e) && !Connections.isDamage(e)) {
                    drop(current, e);
                }
                throw failed("write", e);
            } catch (RuntimeException | Error e) {
                if (!(e instanceof StoreException) || e.getSuppressed().length > 0) {
                    drop(current, e);
                }
                throw e;
            } finally {
                left = new FileMarks(left.database(), marks().wal());
            }
        } finally {
            leave();
        }
    }

    /** Gives up the lock; does first what a close could not, because it was not willing to wait. */
    private void leave() {
        try {
            if (closed) {
                closeOpened();
            }
        } catch (SQLException e) {
            LOG.warn("{}: closed after a write that did not end in time: {}", file.path(), e.getMessage());
        } finally {
            writing.unlock();
        }
    }

    private void lookForAnotherHand() {
        if (marks().equals(left)) {
            alarms = alarms < MOST_ALARMS ? 0 : alarms;
            return;
        }
        alarms++;
        suspect("was removed, replaced or written to by another hand");
    }

    private FileMarks marks() {
        FileMarks marks = FileMarks.of(file.path());
        return alarms < MOST_ALARMS ? marks : marks.withoutContent();
    }

    /** Looks again once it has the lock, for which it may have waited. */
    private <T> T inTransaction(Connection connection, Connections.Work<T> work) throws SQLException {
        return Connections.inTransaction(connection, transaction -> {
            requireUntouched(marks().wal());
            return work.on(transaction);
        });
    }

    /** Else the transaction may be in a file that nobody finds again: it is repeated, and finds itself there or not. */
    private void requireUntouched(FileMarks.Mark wal) {
        if (!new FileMarks(marks().database(), wal).equals(left)) {
            suspect("was removed, replaced or written to by another hand");
            throw new StoreException(file.path() + ": was touched by another hand while it was written");
        }
    }

    private void suspect(String why) {
        if (suspicious.compareAndSet(false, true)) {
            LOG.warn(
                    "{} {}; it is opened again and checked. What it held may be missing from reports",
                    file.path(),
                    why);
        }
    }

    private Opened reopen() {
        if (closed) {
            throw new StoreException(file.path() + ": closed");
        }
        Opened before = opened;
        if (before != null) {
            leaveBehind(before);
        }
        Connection writer = file.open(suspicious.get());
        suspicious.set(false);
        Opened current = new Opened(writer, new ReadConnections(file), new Names());
        opened = current;
        left = marks();
        return current;
    }

    /**
     * Closes what may be damaged. A WAL that belongs to the file is kept from the checkpoint that closing would do, which
     * copies damage into the database: opening it again looks at its checksums instead. One that does not belong to the
     * file that is there now is set aside.
     */
    private void leaveBehind(Opened before) {
        StoreException reason = new StoreException("left behind");
        FileMarks now = marks();
        boolean same = now.database().isStill(left.database()) && now.wal().isStill(left.wal());
        @Nullable Connection guard = same ? file.openGuard(reason) : null;
        drop(before, reason);
        if (guard != null) {
            Connections.close(guard, reason);
        }
        boolean replaced = now.database().size() >= 0 && !now.database().isStill(left.database());
        if (replaced && now.wal().isStill(left.wal())) {
            file.setCompanionsAside();
        }
    }

    private void drop(Opened current, Throwable reason) {
        opened = null;
        try {
            current.readers().close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
        Connections.close(current.writer(), reason);
    }

    private void checkpointIfDue(Connection connection) {
        if (!checkpoints.isDue()) {
            return;
        }
        SQLException failure = checkpoints.run(connection);
        left = marks();
        if (failure != null) {
            noteDamage(failure);
        }
    }

    private StoreException failed(String doing, SQLException e) {
        noteDamage(e);
        return new StoreException(file.path() + ": " + doing + ": " + e.getMessage(), e);
    }

    private void noteDamage(SQLException e) {
        if (Connections.isDamage(e)) {
            suspect("is damaged (" + e.getMessage() + ")");
        }
    }
}
