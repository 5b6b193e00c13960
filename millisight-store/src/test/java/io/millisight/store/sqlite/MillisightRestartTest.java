package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoreException;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole flow on disk: what is known after a stop, an abrupt end, and a second abrupt end. */
class MillisightRestartTest {

    private final ManualClock clock = new ManualClock();

    private Path folder;

    @BeforeEach
    void putTheDataBesideItsCopies(@TempDir Path all) {
        folder = all.resolve("data");
    }

    @Test
    void knowsEverythingAfterStoppingAndStartingAgain() {
        try (Millisight first = start(folder, Duration.ofMillis(50))) {
            record(first, 1_000);
        }
        try (Millisight second = start(folder, Duration.ofMillis(50))) {
            assertHolds(second, 1_000);
            assertThat(second.summary().totalRequests()).isZero();
        }
    }

    @Test
    void anAbruptEndLosesAndDoublesNothing() throws Exception {
        try (Millisight first = start(folder, Duration.ofMinutes(1).minusSeconds(1))) {
            record(first, 500);
            first.flush();
            record(first, 300);
            Path crashed = copy("crashed");
            try (Millisight second = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(second, 800);
            }
            try (Millisight third = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(third, 800);
            }
        }
    }

    @Test
    void aSecondAbruptEndLosesAndDoublesNothing() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 300);
            try (Millisight second = start(copy("once"), Duration.ofSeconds(59))) {
                record(second, 200);
                try (Millisight third = start(copy(folder.resolveSibling("once"), "twice"), Duration.ofSeconds(59))) {
                    assertHolds(third, 500);
                }
            }
        }
    }

    @Test
    void aCrashBetweenCommitAndFreeingTheRingDoublesNothing() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 400);
            Path before = copy("before");
            first.flush();
            Path after = copy("after");
            Files.copy(
                    before.resolve("journal.ring"), after.resolve("journal.ring"), StandardCopyOption.REPLACE_EXISTING);
            try (Millisight second = start(after, Duration.ofSeconds(59))) {
                assertHolds(second, 400);
            }
        }
    }

    @Test
    void aDatabaseLostBetweenRunsCostsHistoryAndNothingElse() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 100);
            first.flush();
            record(first, 50);
            Path crashed = copy("no-database");
            try (Stream<Path> files = Files.list(crashed)) {
                for (Path file : files.filter(
                                path -> path.getFileName().toString().startsWith("millisight.db"))
                        .toList()) {
                    Files.delete(file);
                }
            }
            try (Millisight second = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(second, 50);
            }
        }
    }

    @Test
    void aStoreThatCannotBeOpenedLeavesTheJournalToTheNextStart() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 100);
            Path crashed = copy("refused");
            Path database = crashed.resolve("millisight.db");
            Path kept = Files.move(database, crashed.resolve("kept.db"));
            Files.deleteIfExists(crashed.resolve("millisight.db-wal"));
            Files.deleteIfExists(crashed.resolve("millisight.db-shm"));
            try (Connection newer = DriverManager.getConnection("jdbc:sqlite:" + database);
                    Statement statement = newer.createStatement()) {
                statement.execute("PRAGMA user_version = 9999");
                statement.execute("CREATE TABLE of_a_newer_version (n INTEGER)");
            }
            try (Millisight second = start(crashed, Duration.ofSeconds(59))) {
                record(second, 7);
                assertHolds(second, 7);
                assertThat(second.journalDescription()).startsWith("in memory");
            }
            Files.delete(database);
            Files.delete(kept);
            try (Millisight third = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(third, 100);
            }
        }
    }

    @Test
    void aStoreThatIsLockedAtTheStartIsOpenedLaterAndNothingIsLost() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 300);
            first.flush();
            record(first, 100);
            Path crashed = copy("locked");
            try (Connection other = lock(crashed);
                    Millisight second = start(crashed, Duration.ofSeconds(59))) {
                record(second, 7);
                assertThat(second.journalDescription()).startsWith("mapped");
                assertThat(second.summary().totalRequests()).isEqualTo(7);
                assertThatThrownBy(second::flush).isInstanceOf(StoreException.class);
                release(other);
                clock.advance(Duration.ofSeconds(2));
                assertHolds(second, 407);
            }
            try (Millisight third = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(third, 407);
            }
        }
    }

    @Test
    void aStoreThatStaysLockedForAWholeRunCostsNothing() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 100);
            Path crashed = copy("all-along");
            try (Connection other = lock(crashed)) {
                try (Millisight second = start(crashed, Duration.ofSeconds(59))) {
                    record(second, 7);
                }
                assertThat(other.isClosed()).isFalse();
            }
            try (Millisight third = start(crashed, Duration.ofSeconds(59))) {
                assertHolds(third, 107);
            }
        }
    }

    @Test
    void whatAKilledProcessHadStoredAlreadyIsNotDoubledByAStoreThatOpensLate() throws Exception {
        try (Millisight first = start(folder, Duration.ofSeconds(59))) {
            record(first, 400);
            Path notFreed = copy("not-freed");
            first.flush();
            record(first, 300);
            Path crashed = copy("crashed-late");
            putHeader(notFreed.resolve("journal.ring"), crashed.resolve("journal.ring"));
            try (Connection other = lock(crashed);
                    Millisight second = start(crashed, Duration.ofSeconds(59))) {
                record(second, 7);
                assertThatThrownBy(second::flush).isInstanceOf(StoreException.class);
                release(other);
                clock.advance(Duration.ofSeconds(2));
                assertHolds(second, 707);
                record(second, 5);
                assertHolds(second, 712);
            }
        }
    }

    /** The ring with its freed positions as they were before: of a process that died between commit and freeing. */
    private static void putHeader(Path earlier, Path ring) throws IOException {
        byte[] header = Arrays.copyOf(Files.readAllBytes(earlier), 4_096);
        byte[] bytes = Files.readAllBytes(ring);
        System.arraycopy(header, 0, bytes, 0, header.length);
        Files.write(ring, bytes);
    }

    /** Held by another connection as by another process, until it is closed. */
    private static Connection lock(Path data) throws SQLException {
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("millisight.db"));
        try (Statement statement = other.createStatement()) {
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("BEGIN EXCLUSIVE");
            return other;
        }
    }

    private static void release(Connection other) throws SQLException {
        other.close();
    }

    @Test
    void aSecondProcessOnTheSameFolderKeepsItsDataApart() {
        try (Millisight first = start(folder, Duration.ofSeconds(59));
                Millisight second = start(folder, Duration.ofSeconds(59))) {
            record(first, 10);
            record(second, 20);
            assertHolds(first, 10);
            assertHolds(second, 20);
            assertThat(folder.resolve("instance-2")).isDirectory();
        }
    }

    private Millisight start(Path data, Duration flushInterval) {
        return Millisight.start(
                MillisightConfig.builder()
                        .service("shop")
                        .dataDirectory(data)
                        .journalBytes(1 << 20)
                        .flushInterval(flushInterval)
                        .build(),
                clock);
    }

    private void record(Millisight millisight, int requests) {
        for (int i = 0; i < requests; i++) {
            long end = clock.nanoTime();
            millisight.record(
                    "GET",
                    "/items/" + (char) ('a' + i % 7),
                    i % 10 == 0 ? 500 : 200,
                    Outcome.COMPLETED,
                    false,
                    end - 1_000_000 - i,
                    end,
                    i % 3 == 0 ? "user-" + i % 5 : null,
                    "/items/" + i);
        }
    }

    private void assertHolds(Millisight millisight, int requests) {
        TimeRange around = new TimeRange(clock.epochMicros() - TimeRange.HOUR, clock.epochMicros() + TimeRange.HOUR);
        assertThat(millisight
                        .requests(RequestQuery.all(around, RequestQuery.MAX_LIMIT))
                        .requests())
                .hasSize(requests);
        assertThat(millisight.report(around).total().requests()).isEqualTo(requests);
        Ledger ledger = millisight.ledger();
        assertThat(ledger.seen())
                .isEqualTo(ledger.stored()
                        + ledger.pending()
                        + ledger.dropped().values().stream()
                                .mapToLong(Long::longValue)
                                .sum());
    }

    private Path copy(String name) throws IOException {
        return copy(folder, name);
    }

    /** The folder as a killed process leaves it: the files as they are, without its locks. */
    private static Path copy(Path from, String name) throws IOException {
        Path to = Files.createDirectories(from.resolveSibling(name));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }
}
