package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks a database, through the application's DataSource, whether it answers; and tells a pool that has run dry from a
 * server that is dead.
 *
 * <p>HikariCP, Tomcat JDBC and Commons DBCP 2 are looked at before anything is borrowed. While every connection is in use
 * the probe does not queue up behind the application: it waits a quarter of its time for one to come free, and then asks
 * the server on one direct connection beside the pool, with the pool's own URL, user and password. If the server answers,
 * the database is degraded ({@code cause=pool_exhausted}); if it does not, it is down ({@code cause=unreachable}).
 *
 * <p>What JDBC does is done on a thread of the probe's own, one for borrowing and one for the direct connection, that ends
 * with the call: no driver is trusted to give up in time. Of another DataSource no pool figures are known, everything else
 * is the same.
 */
public final class DatabaseProbe implements HealthProbe {

    /** What the time is divided by to have what is waited for a free connection, and what is kept to ask directly. */
    private static final int SHARE = 4;

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final DataSource dataSource;
    private final BoundedCall borrowing = new BoundedCall("millisight-health-database");
    private final BoundedCall asking = new BoundedCall("millisight-health-database-direct");

    private volatile @Nullable ConnectionPool pool;
    private volatile @Nullable Product product;

    private record Product(@Nullable String name, @Nullable String version) {}

    private record Answer(boolean valid, long roundTripNanos) {}

    private DatabaseProbe(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A probe of the database behind a DataSource. */
    public static DatabaseProbe of(DataSource dataSource) {
        return new DatabaseProbe(dataSource);
    }

    @Override
    public HealthResult check(Duration timeout) throws Exception {
        Deadline deadline = Deadline.in(timeout);
        ConnectionPool pool = pool();
        ConnectionPool.Figures figures = pool == null ? null : lookedAt(pool, timeout.dividedBy(SHARE));
        if (pool != null && figures != null && figures.exhausted()) {
            return exhausted(pool, figures, deadline);
        }
        HealthResult result = borrowed(pool, timeout, deadline);
        return result.details().containsKey("pool") ? result : withFigures(result, pool, figures);
    }

    private @Nullable ConnectionPool pool() {
        ConnectionPool found = pool;
        if (found == null) {
            // A wrapper may get its pool later, so it is looked for until it is there.
            found = ConnectionPool.of(dataSource);
            pool = found;
        }
        return found;
    }

    /** The figures, as soon as a connection is free, or when the patience is over. */
    private static ConnectionPool.@Nullable Figures lookedAt(ConnectionPool pool, Duration patience)
            throws InterruptedException {
        Deadline deadline = Deadline.in(patience);
        ConnectionPool.Figures figures = pool.figures();
        while (figures != null && figures.exhausted() && !deadline.passed()) {
            Thread.sleep(Math.min(LOOK_AGAIN_MILLIS, deadline.remainingMillis()));
            figures = pool.figures();
        }
        return figures;
    }

    private HealthResult borrowed(@Nullable ConnectionPool pool, Duration timeout, Deadline deadline) throws Exception {
        // Some time is kept to learn from the server itself why the pool gives none.
        long kept = pool == null ? 0 : timeout.dividedBy(SHARE).toNanos();
        Deadline forBorrowing = deadline.earlierBy(kept);
        try {
            Answer answer = borrowing.call(() -> borrow(pool, forBorrowing), forBorrowing.remainingNanos());
            return answer.valid()
                    ? healthy(answer)
                    : down("the database does not answer on a connection it had accepted", "unreachable");
        } catch (TimeoutException e) {
            return noConnection(pool, timeout.toNanos() - kept, deadline);
        } catch (SQLException e) {
            ConnectionPool.Figures now = pool == null ? null : pool.figures();
            if (pool != null && now != null && now.exhausted()) {
                // The application was quicker to take what had come free.
                return exhausted(pool, now, deadline);
            }
            return refused("no connection to the database: ", e, pool == null ? null : pool.direct());
        } catch (ExecutionException e) {
            return down("the JDBC driver fails: " + Reason.line(String.valueOf(e.getCause())), "error");
        }
    }

    private Answer borrow(@Nullable ConnectionPool pool, Deadline deadline) throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean valid = false;
        try {
            if (deadline.passed()) {
                // Nobody waits any more; it goes back untouched.
                valid = true;
                return new Answer(false, 0);
            }
            long start = System.nanoTime();
            valid = connection.isValid(deadline.remainingSeconds());
            long roundTrip = System.nanoTime() - start;
            if (valid && product == null) {
                DatabaseMetaData about = connection.getMetaData();
                product = new Product(about.getDatabaseProductName(), about.getDatabaseProductVersion());
            }
            if (valid && !connection.getAutoCommit()) {
                // Asking may have begun a transaction, and not every pool ends what it gets back.
                connection.rollback();
            }
            return new Answer(valid, roundTrip);
        } finally {
            if (!valid) {
                // The next server need not be of this version.
                product = null;
                if (pool != null) {
                    pool.discard(connection);
                }
            }
            close(connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // What it was asked for is known by now.
        }
    }

    private HealthResult healthy(Answer answer) {
        Product known = product;
        return HealthResult.healthy()
                .with("product", known == null ? null : known.name())
                .with("version", known == null ? null : known.version())
                .with("round_trip_ms", Math.rint(answer.roundTripNanos() / 1e4) / 1e2);
    }

    /** Borrowing took too long: the pool is dry by now, or cannot connect, and does not say so before its own timeout. */
    private HealthResult noConnection(@Nullable ConnectionPool pool, long waitedNanos, Deadline deadline)
            throws Exception {
        String waited = "no connection to the database within " + TimeUnit.NANOSECONDS.toMillis(waitedNanos) + " ms";
        ConnectionPool.Figures now = pool == null ? null : pool.figures();
        if (pool != null && now != null && now.exhausted()) {
            return exhausted(pool, now, deadline);
        }
        DirectConnection direct = pool == null ? null : pool.direct();
        if (direct == null) {
            return down(waited, "unreachable");
        }
        try {
            return asking.call(() -> direct.answers(deadline), deadline.remainingNanos())
                    ? down(waited + " from the pool; the database itself answers", "pool_stuck")
                    : down(waited, "unreachable");
        } catch (TimeoutException e) {
            return down(waited, "unreachable");
        } catch (SQLException e) {
            return refused(waited + ": ", e, direct);
        }
    }

    private HealthResult exhausted(ConnectionPool pool, ConnectionPool.Figures figures, Deadline deadline)
            throws Exception {
        return withFigures(withServer(pool, figures, deadline), pool, figures);
    }

    private HealthResult withServer(ConnectionPool pool, ConnectionPool.Figures figures, Deadline deadline)
            throws Exception {
        String words = "connection pool exhausted: " + figures.words();
        DirectConnection direct = pool.direct();
        if (direct == null) {
            return poolExhausted(words + "; the database was not asked, as the pool has no JDBC URL to reach it by");
        }
        try {
            return asking.call(() -> direct.answers(deadline), deadline.remainingNanos())
                    ? poolExhausted(words + "; the database itself answers")
                    : down(words + ", and the database does not answer", "unreachable");
        } catch (TimeoutException e) {
            return down(words + ", and the database does not answer", "unreachable");
        } catch (SQLException e) {
            return serverRefuses(e)
                    ? poolExhausted(words + "; the database itself answers, but takes no further connection: "
                                    + Reason.of(e, direct.password()))
                            .with("sql_state", Reason.nearestToCause(e).getSQLState())
                    : refused(words + ", and the database cannot be reached: ", e, direct);
        }
    }

    private static HealthResult poolExhausted(String why) {
        return HealthResult.degraded(why).with("cause", "pool_exhausted");
    }

    private static HealthResult refused(String words, SQLException e, @Nullable DirectConnection direct) {
        String state = Reason.nearestToCause(e).getSQLState();
        String cause = state == null || state.startsWith("08") ? "unreachable" : "refused";
        return down(words + Reason.of(e, direct == null ? null : direct.password()), cause)
                .with("sql_state", state);
    }

    /**
     * Whether a server that is well has said no: too many connections (class 53, and 08004 of MySQL), or not this user
     * (class 28). One that starts or stops (class 57) is not well.
     */
    private static boolean serverRefuses(SQLException e) {
        String state = Reason.nearestToCause(e).getSQLState();
        return state != null && (state.startsWith("53") || state.startsWith("28") || state.equals("08004"));
    }

    private static HealthResult down(String why, String cause) {
        return HealthResult.down(why).with("cause", cause);
    }

    private static HealthResult withFigures(
            HealthResult result, @Nullable ConnectionPool pool, ConnectionPool.@Nullable Figures figures) {
        if (pool == null || figures == null) {
            return result;
        }
        HealthResult with = result.with("pool", pool.name()).with("pool_active", figures.active());
        with = figures.max() > 0 ? with.with("pool_max", figures.max()) : with;
        return figures.waiting() < 0 ? with : with.with("pool_waiting", figures.waiting());
    }
}
