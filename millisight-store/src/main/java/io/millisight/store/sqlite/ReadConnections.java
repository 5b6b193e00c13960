package io.millisight.store.sqlite;

import io.millisight.store.StoreException;
import java.nio.file.Path;
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

    private final Path file;
    private final Semaphore turns = new Semaphore(MOST);
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    ReadConnections(Path file) {
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
            throw new StoreException(file + ": interrupted while waiting for a connection", e);
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
                throw new StoreException(file + ": closed");
            }
            connection = idle.pollFirst();
        }
        return connection != null ? connection : Connections.reader(file);
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

    /** Closes what is idle; a connection in use is closed by its reader. */
    void close() throws SQLException {
        synchronized (idle) {
            closed = true;
            for (Connection connection : idle) {
                connection.close();
            }
            idle.clear();
        }
    }
}
