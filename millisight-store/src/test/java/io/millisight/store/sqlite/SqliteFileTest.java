package io.millisight.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of database files in any state. */
class SqliteFileTest {

    private static final long START = 1_767_225_600_000_000L;
    private static final TimeRange ALWAYS = new TimeRange(0, 2 * START);

    private Path directory;
    private Path file;

    @BeforeEach
    void chooseFile(@TempDir Path folder) {
        directory = folder;
        file = folder.resolve("millisight.db");
    }

    @Test
    void setsAsideAFileOfGarbage() throws IOException {
        byte[] garbage = new byte[50_000];
        new Random(1).nextBytes(garbage);
        Files.write(file, garbage);
        assertSetAsideAndBegunAnew();
        assertThat(setAside()).hasSize(1);
        assertThat(Files.readAllBytes(setAside().get(0))).isEqualTo(garbage);
    }

    @Test
    void setsAsideAFileThatIsText() throws IOException {
        Files.writeString(file, "not a database, but long enough to look like something".repeat(100), UTF_8);
        assertSetAsideAndBegunAnew();
    }

    @Test
    void setsAsideAFileWhosePagesWereOverwritten() throws IOException {
        fill(200);
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            for (long page = 1; page * 8_192 < database.length(); page++) {
                database.seek(page * 8_192);
                database.write(new byte[100]);
            }
        }
        assertSetAsideAndBegunAnew();
    }

    @Test
    void setsAsideAFileThatWasCutShort() throws IOException {
        fill(200);
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            database.setLength(database.length() / 2);
        }
        assertSetAsideAndBegunAnew();
    }

    @Test
    void walOfADamagedDatabaseDoesNotReachTheNewOne() throws IOException {
        Files.writeString(file, "garbage".repeat(5_000), UTF_8);
        Files.writeString(SqliteFile.companion(file, "-wal"), "garbage", UTF_8);
        Files.writeString(SqliteFile.companion(file, "-shm"), "garbage", UTF_8);
        assertSetAsideAndBegunAnew();
    }

    @Test
    void survivesAWalOfGarbage() throws IOException {
        fill(10);
        Files.writeString(SqliteFile.companion(file, "-wal"), "garbage".repeat(1_000), UTF_8);
        try (Store store = open()) {
            assertThat(store.status().requests()).isEqualTo(10);
        }
        assertThat(setAside()).isEmpty();
    }

    @Test
    void takesAnEmptyFileForANewOne() throws IOException {
        Files.createFile(file);
        fill(3);
        assertThat(setAside()).isEmpty();
    }

    @Test
    void copyOfTheFilesTakenMidWayHoldsEveryCommit(@TempDir Path elsewhere) throws IOException {
        try (Store store = open()) {
            BatchBuilder batches = new BatchBuilder("a", "journal");
            for (int second = 0; second < 50; second++) {
                store.commit(batches.request("GET /a", START + second, 1).build());
            }
            store.maintain(START + TimeRange.HOUR);
            Files.copy(file, elsewhere.resolve("millisight.db"));
            Files.copy(SqliteFile.companion(file, "-wal"), elsewhere.resolve("millisight.db-wal"));
        }
        try (Store copy = new SqliteStoreFactory().open("sqlite", elsewhere, Retention.defaults())) {
            assertThat(copy.status().requests()).isEqualTo(50);
            assertThat(copy.cursor("journal")).isPresent();
            assertThat(copy.requests(RequestQuery.all(ALWAYS, 100)).requests()).hasSize(50);
        }
        try (Stream<Path> files = Files.list(elsewhere)) {
            assertThat(files).noneMatch(name -> name.toString().contains("damaged"));
        }
    }

    @Test
    void closingLeavesOneFile() throws IOException {
        fill(5);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesADatabaseOfANewerVersionAndLeavesItAlone() throws Exception {
        fill(1);
        execute("PRAGMA user_version = 7");
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("newer Millisight (schema 7")
                .matches(refusal -> !((StoreException) refusal).isPassing(), "does not pass");
        assertThat(setAside()).isEmpty();
        execute("PRAGMA user_version = " + Migrations.ofResources().latestVersion());
        try (Store store = open()) {
            assertThat(store.status().requests()).isEqualTo(1);
        }
    }

    @Test
    void refusesTheDatabaseOfAnotherProgram() throws Exception {
        execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY)");
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("another program's");
        assertThat(setAside()).isEmpty();
    }

    @Test
    void folderThatIsNotThereIsNamedWithWhatToDo() {
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> new SqliteStoreFactory().open("sqlite", nowhere, Retention.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(nowhere.toString())
                .matches(refusal -> ((StoreException) refusal).isPassing(), "may pass")
                .hasMessageContaining("choose another data directory");
    }

    @Test
    void databaseThatAnotherProcessHoldsIsRefusedWithWhatToDo() throws Exception {
        fill(1);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("BEGIN EXCLUSIVE");
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another process holds it")
                    .matches(refusal -> ((StoreException) refusal).isPassing(), "may pass");
            statement.execute("ROLLBACK");
        }
        assertThat(setAside()).isEmpty();
    }

    @Test
    void pathMayHoldAnyCharacter() throws IOException {
        Path odd = Files.createDirectory(directory.resolve("what? 100% #1 é;x=y"));
        try (Store store = new SqliteStoreFactory().open("sqlite", odd, Retention.defaults())) {
            store.commit(
                    new BatchBuilder("a", "journal").request("GET /a", START, 1).build());
            assertThat(store.status().bytes()).isPositive();
        }
        assertThat(odd.resolve("millisight.db")).isRegularFile();
    }

    @Test
    void storesOnDifferentFilesDoNotMeet(@TempDir Path other) throws IOException {
        try (Store one = open();
                Store two = new SqliteStoreFactory().open("sqlite", other, Retention.defaults())) {
            one.commit(
                    new BatchBuilder("a", "journal").request("GET /a", START, 1).build());
            assertThat(two.status().requests()).isZero();
            assertThat(two.cursor("journal")).isEmpty();
        }
    }

    private void assertSetAsideAndBegunAnew() throws IOException {
        fill(2);
        assertThat(setAside()).isNotEmpty().allMatch(path -> path.getFileName()
                .toString()
                .matches("millisight\\.db\\.damaged-\\d{8}T\\d{6}\\.\\d{3}Z(-wal|-shm)?"));
    }

    /** Adds this many requests, in a batch each, and closes. */
    private void fill(int requests) {
        try (Store store = open()) {
            long before = store.status().requests();
            BatchBuilder batches = new BatchBuilder("a", "journal-" + before);
            for (int request = 0; request < requests; request++) {
                store.commit(batches.request("GET /a", START + request, request).build());
            }
            assertThat(store.status().requests()).isEqualTo(requests);
        }
    }

    private Store open() {
        return new SqliteStoreFactory().open("sqlite", directory, Retention.defaults());
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.getFileName().toString().contains(".damaged-"))
                    .sorted()
                    .toList();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
