package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage, locks and space, while the store is in use. */
class SqliteFaultTest {

    private static final long START = 1_767_225_600_000_000L;
    private static final TimeRange ALWAYS = new TimeRange(0, START + 1_000 * TimeRange.HOUR);

    private final BatchBuilder batches = new BatchBuilder("a", "journal");
    private Path directory;
    private Path file;
    private Store store;

    @BeforeEach
    void openStore(@TempDir Path folder) {
        directory = folder;
        file = folder.resolve("millisight.db");
        store = open(Retention.defaults());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void damagedBlockIsLeftOutOfAnswersAndOfMerging() throws SQLException {
        commitSeconds(120);
        execute("UPDATE request_block SET data = zeroblob(length(data)) WHERE first_sequence = 30");
        assertThat(store.requests(RequestQuery.all(ALWAYS, 1_000)).requests()).hasSize(119);
        maintainAll(START + TimeRange.HOUR);
        assertThat(store.requests(RequestQuery.all(ALWAYS, 1_000)).requests()).hasSize(119);
        assertThat(number("SELECT count(*) FROM request_block WHERE level = -1"))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM request_block")).isLessThan(10);
    }

    @Test
    void damagedPackIsLeftOutOfAnswersAndOfMerging() throws SQLException {
        commitSeconds(120);
        execute("UPDATE rollup SET data = zeroblob(length(data)) WHERE rollup_id = 30");
        assertThat(requestsOfRollups()).isEqualTo(119);
        maintainAll(START + TimeRange.HOUR);
        assertThat(requestsOfRollups()).isEqualTo(119);
        assertThat(number("SELECT count(*) FROM rollup WHERE level = -1")).isEqualTo(1);
        maintainAll(START + 1_000 * TimeRange.HOUR);
        assertThat(number("SELECT count(*) FROM rollup WHERE level = -1")).isZero();
    }

    @Test
    void damagedMinuteDoesNotStopWhatArrivesLater() throws SQLException {
        commitSeconds(60);
        maintainAll(START + TimeRange.HOUR);
        execute("UPDATE rollup SET data = x'00' WHERE level = 1");
        commitSeconds(5);
        maintainAll(START + TimeRange.HOUR);
        long[] minutes = new long[1];
        store.rollups(
                new RollupQuery(ALWAYS, Resolution.MINUTE, Scope.ALL),
                (endpoint, window, rollup) -> minutes[0] += rollup.requests());
        assertThat(minutes[0]).isEqualTo(5);
        assertThat(requestsOfRollups()).isEqualTo(65);
    }

    @Test
    void minuteWhosePacksAreAllDamagedIsDoneWith() throws SQLException {
        commitSeconds(3);
        execute("UPDATE rollup SET data = x'00'");
        maintainAll(START + TimeRange.HOUR);
        assertThat(requestsOfRollups()).isZero();
    }

    @Test
    void endpointThatTheTableLostIsNamed() throws SQLException {
        commitSeconds(1);
        execute("DELETE FROM endpoint");
        reopen(Retention.defaults());
        assertThatThrownBy(this::requestsOfRollups)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("endpoint 1");
    }

    @Test
    void fileThatIsDamagedWhileInUseIsSetAsideAndTheNextCommitGoesToANewOne() throws IOException {
        commitSeconds(300);
        reopen(Retention.defaults());
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] garbage = new byte[(int) database.length() - 8_192];
            new Random(4).nextBytes(garbage);
            database.seek(8_192);
            database.write(garbage);
        }
        assertThatThrownBy(() -> store.requests(RequestQuery.all(ALWAYS, 1_000)))
                .isInstanceOf(StoreException.class);
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        assertThat(store.commit(batch)).isTrue();
        assertThat(store.status().requests()).isEqualTo(1);
        assertThat(store.cursor("journal")).contains(batch.to());
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).anyMatch(name -> name.toString().contains("millisight.db.damaged-"));
        }
    }

    @Test
    void fileThatIsDeletedWhileInUseIsMissedByTheNextCommit() throws IOException {
        commitSeconds(3);
        Files.delete(file);
        assertNextCommitsAreFoundAfterReopening(0);
    }

    @Test
    void fileThatIsReplacedWhileInUseIsMissedAndItsWalIsKeptFromTheOther() throws IOException {
        commitSeconds(3);
        Path other = Files.write(directory.resolve("other"), new byte[50_000]);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertNextCommitsAreFoundAfterReopening(0);
        assertThat(names()).anyMatch(name -> name.matches("millisight\\.db\\.replaced-.*-wal"));
    }

    @Test
    void fileThatIsOverwrittenWhileInUseIsSetAsideBeforeTheNextCommit() throws IOException {
        commitSeconds(30);
        reopen(Retention.defaults());
        commitSeconds(3);
        overwrite(file, 0);
        assertNextCommitsAreFoundAfterReopening(0);
        assertThat(names()).anyMatch(name -> name.startsWith("millisight.db.damaged-"));
    }

    @Test
    void walThatIsDeletedWhileInUseLosesNothing() throws IOException {
        commitSeconds(30);
        reopen(Retention.defaults());
        commitSeconds(10);
        Files.delete(SqliteFile.companion(file, "-wal"));
        assertNextCommitsAreFoundAfterReopening(40);
    }

    @Test
    void walThatIsOverwrittenWhileInUseCostsItsOwnCommitsAlone() throws IOException {
        commitSeconds(30);
        reopen(Retention.defaults());
        commitSeconds(10);
        overwrite(SqliteFile.companion(file, "-wal"), 0);
        assertNextCommitsAreFoundAfterReopening(30);
        assertThat(names()).noneMatch(name -> name.contains("damaged"));
    }

    @Test
    void fileSystemThatIsLateWithItsTimesIsBelievedAfterAWhile() throws IOException {
        for (int second = 0; second < 40; second++) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * second));
            commitSeconds(1);
        }
        assertThat(store.status().requests()).isEqualTo(40);
        Files.delete(file);
        assertNextCommitsAreFoundAfterReopening(0);
    }

    private void assertNextCommitsAreFoundAfterReopening(int kept) {
        commitSeconds(5);
        reopen(Retention.defaults());
        assertThat(store.status().requests()).isEqualTo(kept + 5);
        assertThat(requestsOfRollups()).isEqualTo(kept + 5);
    }

    private static void overwrite(Path path, long from) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
            byte[] garbage = new byte[(int) (bytes.length() - from)];
            new Random(4).nextBytes(garbage);
            bytes.seek(from);
            bytes.write(garbage);
        }
        // Seen by its time also where the last commit was in the same tick of the file system's clock.
        Files.setLastModifiedTime(path, FileTime.fromMillis(1));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(name -> name.getFileName().toString()).toList();
        }
    }

    @Test
    void lockedDatabaseRefusesTheCommitAndTakesItAfterwards() throws SQLException {
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> store.commit(batch))
                    .isInstanceOf(StoreException.class)
                    .hasRootCauseInstanceOf(SQLException.class);
            assertThat(store.requests(RequestQuery.all(ALWAYS, 1)).requests()).isEmpty();
            statement.execute("ROLLBACK");
        }
        assertThat(store.commit(batch)).isTrue();
    }

    @Test
    void brokenConnectionIsReplaced() throws SQLException {
        commitSeconds(1);
        execute("ALTER TABLE journal_cursor RENAME TO hidden");
        StoreBatch batch = batches.request("GET /a", START, 1).build();
        assertThatThrownBy(() -> store.commit(batch)).isInstanceOf(StoreException.class);
        assertThat(store.status().requests()).isEqualTo(1);
        execute("ALTER TABLE hidden RENAME TO journal_cursor");
        assertThat(store.commit(batch)).isTrue();
        assertThat(store.status().requests()).isEqualTo(2);
    }

    @Test
    void trimmingGivesTheDiskSpaceBack() throws IOException {
        Random random = new Random(8);
        for (int batch = 0; batch < 60; batch++) {
            for (int request = 0; request < 20_000; request++) {
                batches.request("GET /a", START + batch * TimeRange.MINUTE + request, random.nextLong() >>> 1);
            }
            store.commit(batches.build());
        }
        long now = START + 60 * TimeRange.MINUTE;
        maintainAll(now);
        reopen(new Retention(
                Duration.ofMinutes(1), 1L << 40, Duration.ofHours(2), Duration.ofHours(2), Duration.ofHours(2)));
        long before = Files.size(file);
        assertThat(before).isGreaterThan(10L << 20);
        maintainAll(now + TimeRange.HOUR);
        reopen(Retention.defaults());
        assertThat(Files.size(file)).isLessThan(before / 3);
    }

    @Test
    void walStaysShortUnderManySmallCommits() throws IOException {
        commitSeconds(400);
        assertThat(Files.size(SqliteFile.companion(file, "-wal"))).isLessThan(9L << 20);
        assertThat(store.status().bytes()).isLessThan(12L << 20);
    }

    @Test
    void queriesUseTheirIndexes() throws SQLException {
        commitSeconds(1);
        assertPlan(
                        "SELECT data FROM request_block WHERE last_at >= 1 AND first_at < 9 AND level >= 0 ORDER BY last_at DESC")
                .contains("request_block_by_time")
                .doesNotContain("TEMP B-TREE");
        assertPlan("SELECT SUM(requests), MIN(first_at) FROM request_block")
                .contains("COVERING INDEX request_block_by_time");
        assertPlan("SELECT SUM(bytes) FROM request_block").contains("COVERING INDEX request_block_by_time");
        assertPlan("SELECT first_sequence FROM request_block WHERE level IN (0, 1) AND level = 0 AND last_at < 5"
                        + " ORDER BY first_sequence LIMIT 9")
                .contains("request_block_to_merge")
                .doesNotContain("TEMP B-TREE");
        assertPlan("SELECT window_start, source_id FROM rollup WHERE level = 0 AND window_start <= 5"
                        + " ORDER BY window_start, source_id LIMIT 1")
                .contains("rollup_by_window")
                .doesNotContain("TEMP B-TREE");
        assertPlan("SELECT data FROM rollup WHERE level = 2 AND window_start >= 5 AND window_start < 9")
                .contains("rollup_by_window");
    }

    private org.assertj.core.api.AbstractStringAssert<?> assertPlan(String sql) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (row.next()) {
                plan.append(row.getString("detail")).append('\n');
            }
        }
        return assertThat(plan.toString()).as(sql);
    }

    private void commitSeconds(int seconds) {
        for (int second = 0; second < seconds; second++) {
            store.commit(
                    batches.request("GET /a", START + second * 1_000_000L, 1).build());
        }
    }

    private long requestsOfRollups() {
        long[] sum = new long[1];
        store.rollups(
                new RollupQuery(ALWAYS, Resolution.COARSEST, Scope.ALL),
                (endpoint, window, rollup) -> sum[0] += rollup.requests());
        return sum[0];
    }

    private void maintainAll(long now) {
        while (store.maintain(now)) {
            assertThat(store.status().requests()).isNotNegative();
        }
    }

    private Store open(Retention retention) {
        return new SqliteStoreFactory().open("sqlite", directory, retention);
    }

    private void reopen(Retention retention) {
        store.close();
        store = open(retention);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            return Connections.number(connection, sql);
        }
    }
}
