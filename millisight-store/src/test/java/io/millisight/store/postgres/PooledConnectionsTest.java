package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.Stores;
import io.millisight.testkit.BatchBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

/** The application's own data source: used, left as it was, and never inside a transaction of the application. */
class PooledConnectionsTest {

    /** A round hour: 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600_000_000L;

    private final BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
    private final Pool pool = new Pool();

    /** As small as a pool can be: hands out the same few connections again and again, and gives each caller one of its own. */
    private static final class Pool {

        private static final ThreadLocal<Connection> OF_TRANSACTION = new ThreadLocal<>();

        private final Deque<Connection> idle = new ArrayDeque<>();
        private final AtomicInteger out = new AtomicInteger();
        private final AtomicInteger mostOut = new AtomicInteger();

        /** What the caller's transaction has, as a data source that knows of transactions does it; else one of the pool's. */
        Connection take() throws SQLException {
            Connection bound = OF_TRANSACTION.get();
            if (bound != null) {
                return bound;
            }
            Connection physical;
            synchronized (idle) {
                physical = idle.poll();
            }
            if (physical == null) {
                physical = DriverManager.getConnection(Server.url());
                physical.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            }
            mostOut.accumulateAndGet(out.incrementAndGet(), Math::max);
            return lent(physical);
        }

        private Connection lent(Connection physical) {
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            out.decrementAndGet();
                            synchronized (idle) {
                                if (!physical.isClosed()) {
                                    idle.push(physical);
                                }
                            }
                            return null;
                        }
                        try {
                            return method.invoke(physical, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        DataSource dataSource() {
            return (DataSource) Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> take());
        }
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : pool.idle) {
            connection.close();
        }
        Server.execute("public", "DROP SCHEMA IF EXISTS millisight CASCADE");
    }

    @Test
    void storesAndReadsAndGivesEveryConnectionBackAsItWas(@TempDir Path folder) throws SQLException {
        try (Store store = Stores.open(pool.dataSource(), folder, Retention.defaults())) {
            assertThat(store.isShared()).isTrue();
            assertThat(store.commit(batches.request("GET /a", START, 1).build()))
                    .isTrue();
            while (store.maintain(START + TimeRange.HOUR)) {}
            assertThat(requests(store)).isEqualTo(1);
            assertThat(store.status().description()).startsWith("PostgreSQL of the application's data source");
            assertThat(pool.out).hasValue(0);
        }
        assertThat(pool.mostOut).hasValue(1);
        assertThat(pool.idle).isNotEmpty().allSatisfy(connection -> {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(setting(connection, "search_path")).contains("public");
            assertThat(setting(connection, "statement_timeout")).isEqualTo("0");
            assertThat(setting(connection, "plan_cache_mode")).isEqualTo("auto");
        });
    }

    @Test
    void neverUsesTheConnectionOfTheCallersTransaction() throws SQLException {
        try (Connection transaction = DriverManager.getConnection(Server.url());
                PostgresStore store = PostgresStore.open(pool.dataSource(), Retention.defaults())) {
            transaction.setAutoCommit(false);
            Pool.OF_TRANSACTION.set(transaction);
            assertThat(store.commit(batches.request("GET /a", START, 1).build()))
                    .isTrue();
            assertThat(requests(store)).isEqualTo(1);
            Pool.OF_TRANSACTION.remove();
            transaction.rollback();
            assertThat(requests(store)).isEqualTo(1);
        }
    }

    @Test
    void goesOnAfterAFailureAndLeavesNoConnectionOut() {
        try (PostgresStore store = PostgresStore.open(pool.dataSource(), Retention.defaults())) {
            Server.execute("public", "DROP SCHEMA millisight CASCADE");
            assertThatThrownBy(() ->
                            store.commit(batches.request("GET /a", START, 1).build()))
                    .isInstanceOf(StoreException.class);
            assertThat(pool.out).hasValue(0);
            assertThat(store.commit(batches.request("GET /a", START + 1, 1).build()))
                    .isTrue();
            assertThat(requests(store)).isEqualTo(1);
        }
    }

    @Test
    void connectionsThatTheServerEndedAreNotKept() {
        try (PostgresStore store = PostgresStore.open(pool.dataSource(), Retention.defaults())) {
            Server.execute(
                    "public",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                            + " AND datname = 'postgres' AND application_name <> 'millisight'");
            assertThatThrownBy(() ->
                            store.commit(batches.request("GET /a", START, 1).build()))
                    .isInstanceOf(StoreException.class);
            assertThat(pool.out).hasValue(0);
            assertThat(store.commit(batches.request("GET /a", START + 1, 1).build()))
                    .isTrue();
        }
    }

    @Test
    void aPoolThatFailsMayPassAndSaysWhy() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setPortNumbers(new int[] {1});
        assertThatThrownBy(() -> PostgresStore.open(nowhere, Retention.defaults()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue())
                .hasMessageContaining("refused");
        DataSource broken = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("pool is closed");
                });
        assertThatThrownBy(() -> PostgresStore.open(broken, Retention.defaults()))
                .isInstanceOf(StoreException.class)
                .hasStackTraceContaining("pool is closed");
    }

    @Test
    void aConnectionThatComesTooLateGoesBack() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch back = new CountDownLatch(1);
        DataSource slow = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    asked.countDown();
                    go.await();
                    return Proxy.newProxyInstance(
                            Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (c, m, a) -> {
                                back.countDown();
                                return null;
                            });
                });
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                asked.await();
                caller.interrupt();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        interrupter.start();
        assertThatThrownBy(() -> new PooledConnections(slow).open()).isInstanceOf(SQLException.class);
        assertThat(Thread.interrupted()).isTrue();
        go.countDown();
        back.await();
    }

    @Test
    void aDatabaseOfAnotherKindIsRefused(@TempDir Path folder) {
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite:" + folder.resolve("other.db"));
        assertThatThrownBy(() -> PostgresStore.open(sqlite, Retention.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("SQLite")
                .hasMessageContaining("allowed: PostgreSQL, 14 or newer");
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    private static int requests(Store store) {
        return store.requests(RequestQuery.all(new TimeRange(START, START + TimeRange.HOUR), 10))
                .requests()
                .size();
    }
}
