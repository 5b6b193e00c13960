package io.millisight.store.sqlite;

import io.millisight.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A few connections that read, opened on demand and kept: at most {@link #MOST} reads run side by side, others wait
 * their turn. Thread-safe.
 */
final class ReadConnections {

    static final int MOST = 4;

    private final SqliteFile file;
    private final Semaphore turns = new Semaphore(MOST);
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    ReadConnections(SqliteFile file) {
        this.file = file;
    }

    /**
     * Runs work on a connection of its own. One that failed is not used again.
     *
     * @throws StoreException when closed, or when interrupted while waiting
     */
    <T> T read(Connections.Work<T> work) throws SQLException {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(file.path() + ": interrupted while waiting for a connection", e);
        }
        try {
            Connection connection = take();
            try {
                T result = work.on(connection);
                giveBack(connection);
                return result;
            } catch (SQLException | RuntimeException e) {
                Connections.close(connection, e);
                throw e;
            }
        } finally {
            turns.release();
        }
    }

    private Connection take() throws SQLException {
        @Nullable Connection connection;
        synchronized (idle) {
            if (closed) {
                throw new StoreException(file.path() + ": closed");
            }
            connection = idle.pollFirst();
        }
        return connection != null ? connection : file.openReader();
    }

    private void giveBack(Connection connection) throws SQLException {
        synchronized (idle) {
            if (!closed) {
                idle.addFirst(connection);
                return;
            }
        }
        connection.close();
    }

    /** Closes all that are idle, also when one of them fails; a connection in use is closed by its reader. */
    void close() throws SQLException {
        SQLException failure = null;
        synchronized (idle) {
            closed = true;
            for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    if (failure != null) {
                        e.addSuppressed(failure);
                    }
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
