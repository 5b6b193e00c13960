package io.millisight.store.postgres;

import io.millisight.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection and what is known of the database behind it: a caller at a time, the others queue for a bounded time.
 * Opened on demand; one that failed is dropped, and the next call opens another. One of a pool is given back after each
 * use, as it was.
 */
final class Session {

    /** Work on what is open. */
    @FunctionalInterface
    interface Work<T> {
        T on(Session session) throws SQLException;
    }

    /** Work inside a transaction. */
    @FunctionalInterface
    interface Transaction<T> {
        T on(Connection connection) throws SQLException;
    }

    /** What is done with a new connection before it is used. */
    @FunctionalInterface
    interface Opening {
        void prepare(Session session) throws SQLException;
    }

    private record Lent(boolean autoCommit, int isolation) {}

    /** Readers queue for so long; a reader that holds the connection is through or timed out by then. */
    static final long WAIT_MILLIS = 20_000;

    private static final long CLOSE_WAIT_MILLIS = 5_000;
    private static final String STATEMENT_MILLIS = "15000";
    private static final String LOCK_MILLIS = "5000";
    private static final String IDLE_MILLIS = "30000";

    private final Connections.Source source;
    private final PostgresUrl url;
    private final boolean readOnly;
    private final Opening opening;
    private final long waitMillis;

    /** Held while the connection is used, opened or closed. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Written under {@link #turn}; read without it to abort what hangs. */
    private volatile @Nullable Connection open;

    /** In the transaction that the next work is for, begun before it. Under {@link #turn}. */
    private @Nullable Connection begun;

    /** How the pool's connection was when it came. Under {@link #turn}. */
    private @Nullable Lent lent;

    /** Whether the schema was found to be as it must be, and nothing has failed since. Under {@link #turn}. */
    private boolean known;

    private Names names = new Names();
    private Partitions partitions = new Partitions();
    private volatile boolean closed;

    Session(Connections.Source source, PostgresUrl url, boolean readOnly, Opening opening, long waitMillis) {
        this.source = source;
        this.url = url;
        this.readOnly = readOnly;
        this.opening = opening;
        this.waitMillis = waitMillis;
    }

    /**
     * Does work, once it is this caller's turn.
     *
     * @throws StoreException when closed, when the turn does not come, or when interrupted while waiting for it
     */
    <T> T use(Work<T> work) throws SQLException {
        if (!isMineWithin(waitMillis)) {
            throw new StoreException(url + ": busy; try again in a moment");
        }
        try {
            begun = firstBegun();
            return work.on(this);
        } finally {
            endUnused();
            giveBack();
            turn.unlock();
        }
    }

    private void endUnused() {
        Connection unused = begun;
        begun = null;
        if (unused != null) {
            rollBack(unused, new StoreException("nothing was done in the transaction"));
        }
    }

    /** A pool's connection goes back as it came; what is known of the database stays, until something fails. */
    private void giveBack() {
        Connection borrowed = open;
        Lent as = lent;
        if (borrowed == null || as == null) {
            return;
        }
        open = null;
        lent = null;
        try {
            borrowed.setTransactionIsolation(as.isolation());
            borrowed.setAutoCommit(as.autoCommit());
            borrowed.close();
        } catch (SQLException e) {
            Connections.abort(borrowed, e);
        }
    }

    /** The numbers that the database behind the connection has for names. By the caller whose turn it is. */
    Names names() {
        return names;
    }

    /** The days there are partitions for. By the caller whose turn it is. */
    Partitions partitions() {
        return partitions;
    }

    /** Does all of it or nothing. By the caller whose turn it is. */
    <T> T inTransaction(Transaction<T> work) throws SQLException {
        Connection connection = begun;
        begun = null;
        if (connection == null) {
            connection = begin(open);
        }
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (Throwable e) {
            rollBack(connection, e);
            throw e;
        }
    }

    /**
     * The connection, in a transaction. One that was closed behind our back while nobody used it shows so here, when nothing is
     * done yet: it is replaced at once.
     */
    private Connection firstBegun() throws SQLException {
        Connection kept = open;
        if (kept != null) {
            try {
                return begin(kept);
            } catch (SQLException e) {
                if (!Connections.hasEnded(e)) {
                    throw e;
                }
            }
        }
        return begin(opened());
    }

    private Connection opened() throws SQLException {
        if (closed) {
            throw new StoreException(url + ": closed");
        }
        Connection connection = source.open();
        open = connection;
        try {
            if (source.isPool()) {
                lent = new Lent(connection.getAutoCommit(), connection.getTransactionIsolation());
            }
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            if (!known || !source.isPool()) {
                Connections.requireKnown(connection, url);
                names = new Names();
                partitions = new Partitions();
                opening.prepare(this);
                known = true;
            }
            return connection;
        } catch (Throwable e) {
            drop(connection, e);
            throw e;
        }
    }

    private Connection begin(@Nullable Connection connection) throws SQLException {
        if (connection == null) {
            throw new StoreException(url + ": closed");
        }
        try (PreparedStatement begin = connection.prepareStatement(Sql.of("begin"))) {
            begin.setString(1, Sql.quoted(url.schema()));
            begin.setString(2, STATEMENT_MILLIS);
            begin.setString(3, LOCK_MILLIS);
            begin.setString(4, IDLE_MILLIS);
            begin.setString(5, readOnly ? "on" : "off");
            begin.execute();
            return connection;
        } catch (Throwable e) {
            drop(connection, e);
            throw e;
        }
    }

    /** Until the end of the transaction. */
    static void setLockTimeout(Connection connection, int millis) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(Sql.of("set lock timeout"))) {
            set.setString(1, Integer.toString(millis));
            set.execute();
        }
    }

    /**
     * Keeps the connection where only the statement failed, but nothing that was known: numbers of names may have been
     * rolled back, partitions may be gone. Where tables or columns are missing, the schema is to be looked at again.
     */
    private void rollBack(Connection connection, Throwable reason) {
        known = false;
        names = new Names();
        partitions = new Partitions();
        if ((reason instanceof SQLException e
                        && !Connections.isLost(e)
                        && (source.isPool() || !Connections.isOfSchema(e)))
                || reason instanceof StoreException) {
            try {
                connection.rollback();
                return;
            } catch (SQLException e) {
                reason.addSuppressed(e);
            }
        }
        drop(connection, reason);
    }

    private void drop(Connection connection, Throwable reason) {
        if (connection == open) {
            open = null;
            lent = null;
        }
        known = false;
        Connections.abort(connection, reason);
    }

    /** Closes once the current caller is through; ends its connection when that takes too long. */
    void close() throws SQLException {
        closed = true;
        if (!isMineWithin(CLOSE_WAIT_MILLIS)) {
            Connection hanging = open;
            if (hanging != null) {
                Connections.abort(hanging, new StoreException("closed"));
            }
            return;
        }
        try {
            Connection idle = open;
            open = null;
            if (idle != null) {
                idle.close();
            }
        } finally {
            turn.unlock();
        }
    }

    /** In the order of asking: an attempt without a time would push in, and could keep the others out for good. */
    private boolean isMineWithin(long millis) {
        try {
            return turn.tryLock(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return turn.tryLock();
        }
    }
}
