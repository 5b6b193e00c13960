package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/** Connections whose statements fail or hang. */
class SqliteConnectionFaultTest {

    private static final long START = 1_767_225_600_000_000L;

    /** What happens before a statement is executed. */
    private interface Before {
        void execute(String sql) throws SQLException;
    }

    private final BatchBuilder batches = new BatchBuilder("a", "journal");
    private final List<Connection> opened = new ArrayList<>();
    private volatile Before before = sql -> {};
    private Store store;

    @BeforeEach
    void openStore(@TempDir Path folder) {
        store = SqliteStore.open(
                new SqliteFile(folder.resolve("f.db"), Migrations.ofResources(), Clock.systemUTC(), this::connection),
                Retention.defaults());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void aConnectionThatCannotLeaveItsTransactionIsReplaced() {
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        before = sql -> {
            if (sql.equals("COMMIT") || sql.equals("ROLLBACK")) {
                throw new SQLException("busy, on purpose", null, SQLiteErrorCode.SQLITE_BUSY.code);
            }
        };
        assertThatThrownBy(() -> store.commit(batch)).isInstanceOf(StoreException.class);
        before = sql -> {};
        assertThat(store.commit(batch)).as("at the first attempt").isTrue();
        assertThat(store.status().requests()).isEqualTo(1);
    }

    @Test
    void aConnectionIsReplacedAfterAnErrorOfTheDriver() {
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        before = sql -> {
            if (sql.equals("COMMIT") || sql.equals("ROLLBACK")) {
                throw new IllegalStateException("on purpose");
            }
        };
        assertThatThrownBy(() -> store.commit(batch)).isInstanceOf(IllegalStateException.class);
        before = sql -> {};
        assertThat(store.commit(batch)).as("at the first attempt").isTrue();
    }

    @Test
    void aWriteThatIsThroughAfterTheCloseClosesItsConnection() throws Exception {
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        before = sql -> {
            inside.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
        };
        Thread writer = new Thread(() -> store.commit(batch));
        writer.start();
        inside.await();
        Thread.currentThread().interrupt(); // so that close does not wait for five seconds
        assertThatThrownBy(store::close).isInstanceOf(StoreException.class).hasMessageContaining("under way");
        assertThat(Thread.interrupted()).isTrue();
        release.countDown();
        writer.join();
        for (Connection connection : opened) {
            assertThat(connection.isClosed()).isTrue();
        }
        assertThatThrownBy(() -> store.commit(batch))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }

    private Connection connection(Path file, boolean readOnly) throws SQLException {
        Connection real = Connections.FROM_SQLITE.open(file, readOnly);
        opened.add(real);
        return proxy(Connection.class, real);
    }

    private <T> T proxy(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                SqliteConnectionFaultTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        before.execute((String) arguments[0]);
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        return method.getName().equals("createStatement")
                                ? proxy(Statement.class, (Statement) result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
