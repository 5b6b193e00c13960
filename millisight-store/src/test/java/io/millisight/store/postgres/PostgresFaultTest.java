package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes wrong at the server's end, and what other hands do to the tables. */
class PostgresFaultTest {

    /** A round hour: 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600_000_000L;

    private static final TimeRange ALWAYS = new TimeRange(START - 100 * Instants.DAY, START + 100 * Instants.DAY);

    private final String schema = Server.newSchema();
    private final BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
    private PostgresStore store = PostgresStore.open(Server.url(schema), Retention.defaults());

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void connectionsThatTheServerEndedWhileNobodyUsedThemAreReplacedWithoutAWord() {
        commitOne(0);
        assertThat(requests()).isEqualTo(1);
        Server.execute(
                schema, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millisight'");
        commitOne(1);
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void aPartitionThatWasDroppedByHandIsMadeAgain() {
        commitOne(0);
        Server.execute(schema, "DROP TABLE api_metrics_2026_01_01");
        commitOne(1);
        assertThat(requests()).isEqualTo(1);
        assertThat(rollupRequests()).isEqualTo(2);
    }

    @Test
    void aPartitionThatWasDetachedByHandIsAttachedAgain() {
        commitOne(0);
        Server.execute(schema, "ALTER TABLE api_metrics DETACH PARTITION api_metrics_2026_01_01");
        commitOne(1);
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void aSchemaThatWasDroppedIsMadeAgainAndNamesGetTheNumbersOfTheNewOne() {
        batches.request("GET /other", START, 1);
        commitOne(0);
        Server.execute(schema, "DROP SCHEMA " + schema + " CASCADE");
        assertThatThrownBy(() -> commitOne(1)).isInstanceOf(StoreException.class);
        commitOne(2);
        assertThat(requests()).isEqualTo(1);
        Map<String, Long> sums = new HashMap<>();
        store.rollups(
                new RollupQuery(ALWAYS, Resolution.MINUTE, Scope.ALL),
                (endpoint, window, rollup) -> sums.merge(endpoint.name(), rollup.requests(), Long::sum));
        assertThat(sums).containsExactly(Map.entry("GET /a", 1L));
    }

    @Test
    void aTableThatIsMissingIsAFailureUntilItIsThere() {
        commitOne(0);
        Server.execute(schema, "ALTER TABLE rollup RENAME TO gone");
        assertThatThrownBy(() ->
                        store.commit(batches.request("GET /a", START + 1, 1).build()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("rollup");
        Server.execute(schema, "ALTER TABLE gone RENAME TO rollup");
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void aLongQueryDelaysTheDropOfADayAndNobodyElse() throws SQLException {
        commitOne(0);
        long later = START + 20 * Instants.DAY;
        while (store.maintain(START + TimeRange.HOUR)) {}
        try (Connection reader = Server.connect(schema);
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT * FROM api_metrics");
            while (store.maintain(later)) {}
            store.commit(batches.request("GET /a", later, 1).build());
            assertThat(requests()).isEqualTo(2);
        }
        assertThat(store.maintain(later)).isTrue();
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void aSchemaOfANewerVersionIsRefusedAndLeftAlone() {
        Server.execute(schema, "INSERT INTO millisight_schema (version) VALUES (99)");
        assertThatThrownBy(() -> PostgresStore.open(Server.url(schema), Retention.defaults()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isFalse())
                .hasMessageContaining("newer Millisight (version 99; this one knows up to 1)");
        assertThat(Server.ask(schema, "SELECT max(version) FROM millisight_schema"))
                .isEqualTo("99");
    }

    @Test
    void aScriptThatFailsLeavesNothingBehind() {
        String other = Server.newSchema();
        PostgresUrl url = PostgresUrl.of(Server.url(other));
        Migrations broken = new Migrations(List.of("CREATE TABLE one (id INT)", "CREATE TABLE one (id INT)"));
        assertThatThrownBy(() -> PostgresStore.open(url, Connections.of(url), broken, Retention.defaults()))
                .isInstanceOf(StoreException.class);
        assertThat(Server.ask(other, "SELECT count(*) FROM pg_namespace WHERE nspname = '" + other + "'"))
                .isEqualTo("0");
    }

    @Test
    void damagedRollupsAreLeftOutAndKeptUntilRetentionEndsThem() {
        commitOne(0);
        Server.execute(schema, "UPDATE rollup SET data = 'x'");
        commitOne(1);
        assertThat(rollupRequests()).isEqualTo(1);
        while (store.maintain(START + TimeRange.HOUR)) {}
        assertThat(rollupRequests()).isEqualTo(1);
        Server.execute(schema, "UPDATE rollup SET data = 'x' WHERE level = 2");
        commitOne(2);
        while (store.maintain(START + TimeRange.HOUR)) {}
        assertThat(Server.ask(schema, "SELECT count(*) FROM rollup WHERE level = -1"))
                .as("a flush, the instance's hour, the service's hour")
                .isEqualTo("3");
        while (store.maintain(START + 30 * Instants.DAY)) {}
        assertThat(Server.ask(schema, "SELECT count(*) FROM rollup WHERE level = -1"))
                .isEqualTo("0");
    }

    @Test
    void endpointsWhoseRoutesOnlyEscapesTellApartStayApart() {
        String alike = "\0".repeat(200);
        for (String route : List.of("/a\0", "/a\uD800", "/a\\u0000", alike + "1", alike + "2")) {
            batches.request(
                    new Endpoint("GET", route), START, 1, 200, Outcome.COMPLETED, false, "u".repeat(400) + route);
        }
        store.commit(batches.build());
        for (String route : List.of("/a\0", "/a\uD800", "/a\\u0000", alike + "1", alike + "2")) {
            RequestQuery query = new RequestQuery(
                    ALWAYS, Scope.ALL, new Endpoint("GET", route), 0, Long.MAX_VALUE, 0, 999, null, 10, null);
            assertThat(store.requests(query).requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.endpoint()).isEqualTo(new Endpoint("GET", route)));
        }
        RequestQuery ofUser = new RequestQuery(
                ALWAYS, Scope.ALL, null, 0, Long.MAX_VALUE, 0, 999, "u".repeat(400) + "/a\0", 10, null);
        assertThat(store.requests(ofUser).requests())
                .singleElement()
                .satisfies(request -> assertThat(request.userId()).hasSize(255).startsWith("uuu"));
        Map<Endpoint, Long> sums = new HashMap<>();
        store.rollups(
                new RollupQuery(ALWAYS, Resolution.MINUTE, Scope.ALL),
                (endpoint, window, rollup) -> sums.merge(endpoint, rollup.requests(), Long::sum));
        assertThat(sums).hasSize(5).allSatisfy((endpoint, requests) -> assertThat(requests)
                .isEqualTo(1));
    }

    @Test
    void aBrokenClockFailsNoBatch() {
        for (long at : new long[] {Long.MIN_VALUE / 2, -1, 0, Long.MAX_VALUE - TimeRange.MINUTE}) {
            batches.request("GET /a", at, 1);
        }
        assertThat(store.commit(batches.build())).isTrue();
        assertThat(store.status().requests()).isEqualTo(4);
        assertThat(Server.ask(schema, "SELECT max(created_at) AT TIME ZONE 'UTC' FROM api_metrics"))
                .isEqualTo("9999-12-30 23:59:59.999999");
        assertThat(rollupRequests(new TimeRange(Long.MIN_VALUE / 2 - TimeRange.HOUR, Long.MAX_VALUE)))
                .isEqualTo(4);
    }

    @Test
    void aReaderThatFailsAmidAnAnswerIsToldSoAndTheNextIsAnswered() {
        commitOne(0);
        commitOne(1);
        RollupQuery query = new RollupQuery(ALWAYS, Resolution.COARSEST, Scope.ALL);
        assertThatThrownBy(() -> store.rollups(query, (endpoint, window, rollup) -> {
                    throw new IllegalStateException("no more");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no more")
                .hasNoSuppressedExceptions();
        assertThat(rollupRequests()).isEqualTo(2);
    }

    @Test
    void aConnectionThatEndsAmidAnAnswerIsAFailureAndTheNextIsAnswered() {
        commitOne(0);
        RollupQuery query = new RollupQuery(ALWAYS, Resolution.COARSEST, Scope.ALL);
        assertThatThrownBy(() -> store.rollups(
                        query,
                        (endpoint, window, rollup) -> Server.execute(
                                schema,
                                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                        + " WHERE application_name = 'millisight'")))
                .isInstanceOf(StoreException.class);
        assertThat(rollupRequests()).isEqualTo(1);
    }

    @Test
    void aStatementThatFailsAmidAnAnswerIsAFailureAndTheNextIsAnswered() {
        commitOne(0);
        Server.execute(schema, "ALTER TABLE rollup RENAME TO packs");
        Server.execute(
                schema,
                "CREATE VIEW rollup AS SELECT rollup_id, level, window_start, source_id, data FROM packs"
                        + " UNION ALL SELECT 1 / (count(*) - 1), 0, min(window_start), 1, min(data::text)::bytea FROM packs");
        assertThatThrownBy(this::rollupRequests)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("division by zero");
        Server.execute(schema, "DROP VIEW rollup");
        Server.execute(schema, "ALTER TABLE packs RENAME TO rollup");
        assertThat(rollupRequests()).isEqualTo(1);
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + silent.getLocalPort()
                    + "/db?user=a&socketTimeout=1&connectTimeout=1";
            assertThatThrownBy(() -> PostgresStore.open(url, Retention.defaults()))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.isPassing()).isTrue());
        }
    }

    /** Another connection would wait for as long: a server that is frozen for less than twice that passed unnoticed. */
    @Test
    void aConnectionThatFallsSilentIsAFailureAndIsNotReplacedWithoutAWord() throws Exception {
        store.close();
        store = PostgresStore.open(Server.url(schema) + "&socketTimeout=1", Retention.defaults());
        commitOne(0);
        List<String> backends = List.of(Server.ask(
                        schema,
                        "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE application_name = 'millisight'")
                .split(" "));
        signal("STOP", backends);
        try {
            assertThatThrownBy(() -> commitOne(1)).isInstanceOf(StoreException.class);
            commitOne(1);
        } finally {
            signal("CONT", backends);
        }
        assertThat(requests()).isEqualTo(2);
    }

    private static void signal(String signal, List<String> processes) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        command.addAll(processes);
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    @Test
    void closingCutsOffAWriteThatHangs() throws Exception {
        commitOne(0);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = Server.connect(schema);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE journal_cursor");
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> hanging = thread.submit(() -> {
                begun.countDown();
                commitOne(1);
            });
            begun.await();
            store.close();
            assertThatThrownBy(hanging::get).hasCauseInstanceOf(StoreException.class);
        } finally {
            thread.shutdownNow();
        }
        store = PostgresStore.open(Server.url(schema), Retention.defaults());
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void aReaderWhoseTurnDoesNotComeIsToldSo() throws Exception {
        PostgresUrl url = PostgresUrl.of(Server.url(schema));
        Session session = new Session(Connections.of(url), url, true, opened -> {}, 50);
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> first = thread.submit(() -> session.use(mine -> {
                taken.countDown();
                return await(done);
            }));
            taken.await();
            assertThatThrownBy(() -> session.use(mine -> true))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("busy");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> session.use(mine -> true)).isInstanceOf(StoreException.class);
            assertThat(Thread.interrupted()).isTrue();
            done.countDown();
            assertThat(first.get()).isTrue();
        } finally {
            thread.shutdownNow();
            session.close();
        }
    }

    @Test
    void readersHaveTheirTurnsInTheOrderOfAsking() throws Exception {
        PostgresUrl url = PostgresUrl.of(Server.url(schema));
        Session session = new Session(Connections.of(url), url, true, opened -> {}, Session.WAIT_MILLIS);
        CountDownLatch through = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch greedy = new CountDownLatch(1);
            Future<?> greedyReader = threads.submit(() -> {
                while (through.getCount() > 0) {
                    session.use(mine -> mine.inTransaction(connection -> true));
                    greedy.countDown();
                }
                return null;
            });
            greedy.await();
            Future<?> patient = threads.submit(() -> {
                for (int read = 0; read < 20; read++) {
                    session.use(mine -> mine.inTransaction(connection -> true));
                }
                return null;
            });
            patient.get();
            through.countDown();
            greedyReader.get();
        } finally {
            through.countDown();
            threads.shutdownNow();
            session.close();
        }
    }

    private static boolean await(CountDownLatch done) {
        try {
            done.await();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bytesByWhichTooManyAreKeptEndWithWholeDaysButNeverWithToday() {
        store.close();
        Duration longest = Duration.ofDays(300);
        store = PostgresStore.open(Server.url(schema), new Retention(longest, 1 << 20, longest, longest, longest));
        for (int day = 0; day < 3; day++) {
            for (int request = 0; request < 10_000; request++) {
                batches.request("GET /a", START + day * Instants.DAY + request, 1);
            }
            store.commit(batches.build());
        }
        while (store.maintain(START + 2 * Instants.DAY + TimeRange.HOUR)) {}
        assertThat(store.status().requests()).isEqualTo(10_000);
        assertThat(store.status().oldestRequestMicros()).isEqualTo(START + 2 * Instants.DAY);
    }

    @Test
    void aCommitIsConfirmedOnceItOutlivesTheServerAlsoWhereTheServerWouldConfirmEarlier() throws SQLException {
        assertThat(synchronousCommit("off")).isEqualTo("local");
        assertThat(synchronousCommit("remote_apply")).isEqualTo("remote_apply");
    }

    private String synchronousCommit(String ofServer) throws SQLException {
        PostgresUrl url = PostgresUrl.of(Server.url(schema) + "&options=-c%20synchronous_commit=" + ofServer);
        Session session = new Session(Connections.of(url), url, false, opened -> {}, 1_000);
        try {
            return session.use(mine -> mine.inTransaction(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SHOW synchronous_commit")) {
                    row.next();
                    return row.getString(1);
                }
            }));
        } finally {
            session.close();
        }
    }

    private void commitOne(int second) {
        store.commit(batches.request("GET /a", START + second * 1_000_000L, 1).build());
    }

    private int requests() {
        return store.requests(RequestQuery.all(ALWAYS, 1_000)).requests().size();
    }

    private long rollupRequests() {
        return rollupRequests(ALWAYS);
    }

    private long rollupRequests(TimeRange range) {
        long[] sum = {0};
        store.rollups(
                new RollupQuery(range, Resolution.COARSEST, Scope.ALL),
                (endpoint, window, rollup) -> sum[0] += rollup.requests());
        return sum[0];
    }
}
