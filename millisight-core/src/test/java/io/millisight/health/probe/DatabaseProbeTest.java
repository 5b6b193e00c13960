package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Against a real PostgreSQL, through the three real pools. */
class DatabaseProbeTest {

    /** For what ends in time, and for what does not. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration SHORT = Duration.ofMillis(600);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int MAX = 3;
    private static final String PASSWORD = "s3cr3t-pa55";

    private static RealPostgres postgres;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void startPostgres() {
        postgres = RealPostgres.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @AfterEach
    void closePools() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private enum Pool {
        HIKARI("HikariCP") {
            @Override
            DataSource open(String url, List<AutoCloseable> opened) {
                HikariDataSource pool = new HikariDataSource();
                pool.setJdbcUrl(url);
                pool.setUsername(postgres.user());
                pool.setPassword(PASSWORD);
                pool.setMaximumPoolSize(MAX);
                pool.setMinimumIdle(0);
                pool.setInitializationFailTimeout(-1);
                pool.addDataSourceProperty("ApplicationName", "shop");
                opened.add(pool);
                return pool;
            }
        },
        TOMCAT("Tomcat JDBC") {
            @Override
            DataSource open(String url, List<AutoCloseable> opened) {
                org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource();
                pool.setUrl(url);
                pool.setDriverClassName("org.postgresql.Driver");
                pool.setUsername(postgres.user());
                pool.setPassword(PASSWORD);
                pool.setMaxActive(MAX);
                pool.setInitialSize(0);
                pool.setMinIdle(0);
                opened.add(pool::close);
                return pool;
            }
        },
        DBCP("Commons DBCP") {
            @Override
            DataSource open(String url, List<AutoCloseable> opened) {
                BasicDataSource pool = new BasicDataSource();
                pool.setUrl(url);
                pool.setUsername(postgres.user());
                pool.setPassword(PASSWORD);
                pool.setMaxTotal(MAX);
                opened.add(pool);
                return pool;
            }
        };

        final String words;

        Pool(String words) {
            this.words = words;
        }

        abstract DataSource open(String url, List<AutoCloseable> opened);
    }

    private DataSource open(Pool pool) {
        return pool.open(postgres.url(), opened);
    }

    /** Every connection of the pool, held until the test ends. */
    private List<Connection> holdAll(DataSource pool) throws SQLException {
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < MAX; i++) {
            Connection connection = pool.getConnection();
            held.add(connection);
            opened.add(connection);
        }
        return held;
    }

    @ParameterizedTest
    @EnumSource
    void isHealthyAndTellsProductAndPoolOf(Pool pool) throws Exception {
        HealthResult result = DatabaseProbe.of(open(pool)).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.details())
                .containsEntry("product", "PostgreSQL")
                .containsEntry("pool", pool.words)
                .containsEntry("pool_active", 0L)
                .containsEntry("pool_max", (long) MAX)
                .containsEntry("pool_waiting", 0L)
                .containsKeys("version", "round_trip_ms");
    }

    @ParameterizedTest
    @EnumSource
    void givesBackWhatItBorrowsFrom(Pool pool) throws Exception {
        DataSource dataSource = open(pool);
        DatabaseProbe probe = DatabaseProbe.of(dataSource);

        for (int i = 0; i < 2 * MAX; i++) {
            assertThat(probe.check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
        }

        assertThat(ConnectionPool.of(dataSource).figures().active()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void isDegradedWhenThePoolIsExhaustedAndTheServerAnswersWith(Pool pool) throws Exception {
        DataSource dataSource = open(pool);
        holdAll(dataSource);

        HealthResult result = DatabaseProbe.of(dataSource).check(LONG.dividedBy(10));

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message())
                .isEqualTo("connection pool exhausted: 3 of 3 in use, 0 waiting; the database itself answers");
        assertThat(result.details())
                .containsEntry("cause", "pool_exhausted")
                .containsEntry("pool_active", (long) MAX)
                .containsEntry("pool_max", (long) MAX);
    }

    @ParameterizedTest
    @EnumSource
    void isDownWhenThePoolIsExhaustedAndTheServerFrozenWith(Pool pool) throws Exception {
        DataSource dataSource = open(pool);
        holdAll(dataSource);
        DatabaseProbe probe = DatabaseProbe.of(dataSource);

        postgres.suspend();
        HealthResult frozen;
        try {
            frozen = probe.check(SHORT);
        } finally {
            postgres.resume();
        }

        assertThat(frozen.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(frozen.message()).startsWith("connection pool exhausted: 3 of 3 in use");
        assertThat(frozen.details()).containsEntry("cause", "unreachable");
    }

    @ParameterizedTest
    @EnumSource
    void isDownWhileTheServerIsFrozenAndReturnsWhenItIsThawedWith(Pool pool) throws Exception {
        DataSource dataSource = open(pool);
        DatabaseProbe probe = DatabaseProbe.of(dataSource);
        assertThat(probe.check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);

        postgres.suspend();
        HealthResult frozen;
        long took;
        try {
            long start = System.nanoTime();
            frozen = probe.check(SHORT);
            took = System.nanoTime() - start;
        } finally {
            postgres.resume();
        }

        assertThat(frozen.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(frozen.details()).containsEntry("cause", "unreachable");
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(10));
        untilHealthy(probe);
    }

    @ParameterizedTest
    @EnumSource
    void leavesNoBrokenConnectionToTheApplicationIn(Pool pool) throws Exception {
        DataSource dataSource = open(pool);
        DatabaseProbe probe = DatabaseProbe.of(dataSource);
        assertThat(probe.check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
        postgres.suspend();
        try {
            probe.check(SHORT);
            // It has found out by itself that there is no answer, not been thawed before.
            awaitThreads();
        } finally {
            postgres.resume();
        }

        for (Connection connection : holdAll(dataSource)) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select 1")) {
                assertThat(rows.next()).isTrue();
            }
        }
    }

    /** A thread of the probe may still be at the last answer; each check waits for one. */
    private static void untilHealthy(DatabaseProbe probe) throws Exception {
        HealthResult last = probe.check(TIMEOUT);
        for (int i = 0; i < 10 && last.status() != HealthStatus.HEALTHY; i++) {
            last = probe.check(TIMEOUT);
        }
        assertThat(last.status()).as(last.toString()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDownWhenTheServerIsKilledAndReturnsWhenItIsStartedAgain() throws Exception {
        List<DatabaseProbe> probes = Stream.of(Pool.values())
                .map(pool -> DatabaseProbe.of(open(pool)))
                .toList();
        for (DatabaseProbe probe : probes) {
            assertThat(probe.check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
        }

        postgres.kill();
        List<HealthResult> killed = new ArrayList<>();
        try {
            for (DatabaseProbe probe : probes) {
                // The first may meet a connection that was open, the second has to open one.
                probe.check(SHORT);
                killed.add(probe.check(TIMEOUT));
            }
        } finally {
            postgres.restart();
        }

        assertThat(killed).allSatisfy(result -> {
            assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
            assertThat(result.message()).contains("refused");
            assertThat(result.details()).containsEntry("cause", "unreachable").containsEntry("sql_state", "08001");
        });
        for (DatabaseProbe probe : probes) {
            untilHealthy(probe);
        }
    }

    @Test
    void saysHowManyThreadsWait() throws Exception {
        DataSource dataSource = open(Pool.HIKARI);
        holdAll(dataSource);
        Thread waiting = new Thread(() -> {
            try {
                dataSource.getConnection().close();
            } catch (SQLException e) {
                // Interrupted at the end of the test.
            }
        });
        waiting.start();
        while (ConnectionPool.of(dataSource).figures().waiting() == 0) {
            Thread.onSpinWait();
        }

        HealthResult result = DatabaseProbe.of(dataSource).check(TIMEOUT);
        waiting.interrupt();
        waiting.join();

        assertThat(result.message()).contains("3 of 3 in use, 1 waiting");
        assertThat(result.details()).containsEntry("pool_waiting", 1L);
    }

    @Test
    void isHealthyWhenAConnectionComesFreeWhileItWaits() throws Exception {
        DataSource dataSource = open(Pool.HIKARI);
        List<Connection> held = holdAll(dataSource);
        AtomicReference<HealthResult> result = new AtomicReference<>();
        Thread checking = new Thread(() -> {
            try {
                result.set(DatabaseProbe.of(dataSource).check(Duration.ofMinutes(2)));
            } catch (Exception e) {
                result.set(HealthResult.down(e.toString()));
            }
        });
        checking.start();
        while (checking.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        held.get(0).close();
        checking.join();

        assertThat(result.get().status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDegradedWhenThePoolIsExhaustedAndTheServerIsFullToo() throws Exception {
        DataSource dataSource = open(Pool.DBCP);
        holdAll(dataSource);
        try (Connection admin = simple().getConnection();
                Statement statement = admin.createStatement()) {
            statement.execute("create role crowded login connection limit 0");
        }
        try {
            ((BasicDataSource) dataSource).setUsername("crowded");
            HealthResult result = DatabaseProbe.of(dataSource).check(LONG.dividedBy(10));

            assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
            assertThat(result.message()).contains("takes no further connection", "too many connections");
            assertThat(result.details()).containsEntry("sql_state", "53300");
        } finally {
            try (Connection admin = simple().getConnection();
                    Statement statement = admin.createStatement()) {
                statement.execute("drop role crowded");
            }
        }
    }

    @Test
    void saysThatTheServerWasNotAskedWhenThePoolHasNoUrl() throws Exception {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(simple());
        pool.setMaximumPoolSize(MAX);
        opened.add(pool);
        holdAll(pool);

        HealthResult result = DatabaseProbe.of(pool).check(TIMEOUT);

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message()).contains("the database was not asked");
        assertThat(result.details()).containsEntry("cause", "pool_exhausted");
    }

    @Test
    void isDownWithTheServersWordsWhenItRefusesTheUser() throws Exception {
        PGSimpleDataSource nobody = simple();
        nobody.setUser("nobody");

        HealthResult result = DatabaseProbe.of(nobody).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message())
                .isEqualTo(
                        "no connection to the database: FATAL: role \"nobody\" does not exist" + " (SQLState 28000)");
        assertThat(result.details()).containsEntry("cause", "refused").containsEntry("sql_state", "28000");
    }

    @Test
    void isDownWithinItsTimeWhenAPlainDataSourceHangs() throws Exception {
        DatabaseProbe probe = DatabaseProbe.of(simple());
        postgres.suspend();
        HealthResult first;
        HealthResult second;
        try {
            first = probe.check(Duration.ofMillis(300));
            second = probe.check(Duration.ofMillis(300));
        } finally {
            postgres.resume();
        }

        assertThat(first.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(first.message()).isEqualTo("no connection to the database within 300 ms");
        assertThat(second.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(threads("millisight-health-database")).hasSizeLessThanOrEqualTo(1);
        untilHealthy(probe);
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        DatabaseProbe probe = DatabaseProbe.of(open(Pool.HIKARI));
        postgres.suspend();
        try {
            probe.check(Duration.ofMillis(500));
        } finally {
            postgres.resume();
        }

        awaitThreads();

        assertThat(threads("millisight-health-database")).isEmpty();
    }

    private static void awaitThreads() throws InterruptedException {
        for (Thread thread : threads("millisight-health-database")) {
            thread.join(10_000);
        }
    }

    private static List<Thread> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .toList();
    }

    @Test
    void stopsWaitingWhenInterrupted() throws Exception {
        DataSource dataSource = open(Pool.HIKARI);
        holdAll(dataSource);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> DatabaseProbe.of(dataSource).check(Duration.ofMinutes(5)))
                .isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> {
                    Thread.currentThread().interrupt();
                    DatabaseProbe.of(simple()).check(Duration.ofMinutes(5));
                })
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void findsThePoolBehindAWrapperThatUnwraps() throws Exception {
        HealthResult result = DatabaseProbe.of(unwrapping(open(Pool.DBCP))).check(LONG);

        assertThat(result.details()).containsEntry("pool", "Commons DBCP");
    }

    private static DataSource unwrapping(DataSource target) {
        return (DataSource) Proxy.newProxyInstance(
                DatabaseProbeTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(target);
                    case "unwrap" -> target;
                    default -> {
                        try {
                            yield method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    /** As Spring's DelegatingDataSource: it asks its target, and Tomcat's pool always says no. */
    public static final class Delegating extends PGSimpleDataSource {

        private static final long serialVersionUID = 1;
        private final transient DataSource target;

        Delegating(DataSource target) {
            this.target = target;
        }

        public DataSource getTargetDataSource() {
            return target;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return target.getConnection();
        }

        @Override
        public boolean isWrapperFor(Class<?> type) throws SQLException {
            return type.isInstance(this) || target.isWrapperFor(type);
        }
    }

    @Test
    void findsThePoolBehindAWrapperThatNamesItsTarget() throws Exception {
        HealthResult result =
                DatabaseProbe.of(new Delegating(open(Pool.TOMCAT))).check(LONG);

        assertThat(result.details()).containsEntry("pool", "Tomcat JDBC");
    }

    @Test
    void leavesNoTransactionOpen() throws Exception {
        HikariDataSource pool = (HikariDataSource) open(Pool.HIKARI);
        pool.setAutoCommit(false);

        assertThat(DatabaseProbe.of(pool).check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);

        try (Connection admin = simple().getConnection();
                Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where application_name = 'shop' and state like 'idle in transaction%'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    @Test
    void neverShowsThePasswordOfAUrl() throws Exception {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:postgresql://localhost:1/postgres?user=app&password=" + PASSWORD);
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionTimeout(300);
        opened.add(pool);

        HealthResult result = DatabaseProbe.of(pool).check(TIMEOUT);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).contains("refused");
        assertThat(result.toString()).doesNotContain(PASSWORD).doesNotContain("user=app");
    }

    private static PGSimpleDataSource simple() {
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl(postgres.url());
        simple.setUser(postgres.user());
        return simple;
    }
}
