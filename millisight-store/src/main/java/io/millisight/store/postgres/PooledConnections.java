package io.millisight.store.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * Connections of the application's own data source.
 *
 * <p>Each is asked for on a thread of its own: a data source that hands out the connection of the caller's transaction finds
 * none there. A pool that has none left is waited for no longer than {@link #WAIT_SECONDS}; what it hands out later goes
 * back at once.
 */
final class PooledConnections implements Connections.Source {

    private static final int WAIT_SECONDS = 20;

    private final DataSource dataSource;

    PooledConnections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public boolean isPool() {
        return true;
    }

    @Override
    public Connection open() throws SQLException {
        AtomicBoolean wanted = new AtomicBoolean(true);
        FutureTask<Connection> asking = new FutureTask<>(dataSource::getConnection) {
            @Override
            protected void done() {
                giveBackUnlessWanted(this, wanted);
            }
        };
        Thread thread = new Thread(asking, "millisight-connect");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        try {
            return asking.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SQLException failure ? failure : new SQLException("no connection", e);
        } catch (TimeoutException e) {
            throw notInTime(asking, wanted, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notInTime(asking, wanted, e);
        }
    }

    /** If it has come just now, whoever notices first gives it back. */
    private static SQLException notInTime(FutureTask<Connection> asking, AtomicBoolean wanted, Exception reason) {
        wanted.set(false);
        if (asking.isDone()) {
            giveBackUnlessWanted(asking, wanted);
        }
        return new SQLException("the data source has no connection for us", "08001", reason);
    }

    private static void giveBackUnlessWanted(FutureTask<Connection> asking, AtomicBoolean wanted) {
        if (wanted.get()) {
            return;
        }
        try {
            asking.get().close(); // Twice does no harm.
        } catch (SQLException | ExecutionException e) {
            // It was of no use to anybody.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
