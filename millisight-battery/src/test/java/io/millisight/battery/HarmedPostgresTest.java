package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 18: the server's disk is full; somebody drops a partition, or takes a right away. */
@Timeout(3_600)
class HarmedPostgresTest {

    private static final int JOURNAL_BYTES = 16 << 20;
    private static final long DISK_BYTES = 160 << 20;
    private static final String ROLE = "app";
    private static final String TODAYS_PARTITION = "(SELECT max(tableoid::regclass::text) FROM millisight.api_metrics)";

    private final SteadyTraffic traffic = new SteadyTraffic();
    private FaultedProcess service;

    @AfterEach
    void end() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void aFullDiskOfTheServerCostsNothingOnceItIsFree(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(18, "disk of PostgreSQL full and freed", 1, 10);
        Path small = Files.createDirectory(folder.resolve("disk"));
        int deaths = 0;
        int answeredWhileFull = 0;
        try (SmallDisk disk = SmallDisk.over(small, DISK_BYTES);
                PostgresServer server =
                        PostgresServer.start(disk, small, "fsync=off", "min_wal_size=32MB", "max_wal_size=32MB")) {
            service = new FaultedProcess(folder.resolve("data"), server.url(), JOURNAL_BYTES);
            for (int round = 0; round < row.rounds(); round++) {
                int said = service.said();
                traffic.begin(service);
                long stored = service.ledger().get("stored");
                service.await("commits", () -> service.ledger().get("stored") > stored);
                disk.fill(server.process(), 0);
                service.await("the full disk to be felt", () -> !service.flush());
                int before = traffic.answers();
                service.await("requests while full", () -> traffic.answers() >= before + 300);
                answeredWhileFull += traffic.answers() - before;
                Oracle.assertBalanced(service.ledger());
                disk.free(server.process());
                if (!server
                        .isRunning()) { // Without room for its log it ends itself; whoever makes room starts it again.
                    deaths++;
                    server.start();
                }
                service.catchUp();
                traffic.pause();
                assertThat(service.warnings(said)).anyMatch(line -> line.contains("the store is away"));
                row.progress(round + 1);
            }
            assertHoldsEverything();
            row.held("%d requests, %d while full, 0 failed, each stored once; the server ended itself %d times; %s"
                    .formatted(traffic.answers(), answeredWhileFull, deaths, disk.description()));
        }
    }

    @Test
    void whateverSomebodyTakesAwayIsNamedAndWhatWaitedIsStoredWhenItIsBack(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(18, "partition dropped, rights taken away", 1, 20);
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), "fsync=off")) {
            server.execute("CREATE ROLE " + ROLE + " LOGIN");
            service =
                    new FaultedProcess(folder.resolve("data"), PostgresServer.url(server.port(), ROLE), JOURNAL_BYTES);
            without(
                    0,
                    "permission denied for database",
                    () -> server.execute("CREATE SCHEMA millisight AUTHORIZATION " + ROLE));
            for (int round = 0; round < row.rounds(); round++) {
                insertRefused(server);
                partitionDropped(server);
                partitionDroppedAndCreateRefused(server);
                row.progress(round + 1);
            }
            server.execute("INSERT INTO millisight.api_metrics SELECT * FROM saved");
            assertHoldsEverything();
            createRefusedWhileThereIsRoom(server);
            assertThat(server.ask("SELECT count(DISTINCT user_id) || ' of ' || count(*) FROM millisight.api_metrics"))
                    .isEqualTo(traffic.answers() + " of " + traffic.answers());
            row.held("%d requests, each stored once; each warning names the right and where rights are described"
                    .formatted(traffic.answers()));
        }
    }

    /** Something that is done by hand. */
    private interface Hand {
        void act() throws Exception;
    }

    private void insertRefused(PostgresServer server) throws Exception {
        int said = service.said();
        server.execute("REVOKE INSERT ON millisight.api_metrics FROM " + ROLE);
        without(
                said,
                "permission denied for table api_metrics",
                () -> server.execute("GRANT INSERT ON millisight.api_metrics TO " + ROLE));
    }

    /** Its rows are kept aside, so that all can be counted at the end. */
    private void dropPartition(PostgresServer server) throws Exception {
        server.execute("CREATE TABLE IF NOT EXISTS saved (LIKE millisight.api_metrics)");
        server.execute("INSERT INTO saved SELECT * FROM millisight.api_metrics");
        server.execute("DO $$ BEGIN EXECUTE 'DROP TABLE ' || " + TODAYS_PARTITION + "; END $$");
    }

    private void partitionDropped(PostgresServer server) throws Exception {
        int said = service.said();
        dropPartition(server);
        traffic.send(service, 50);
        service.catchUp();
        assertThat(service.warnings(said)).isEmpty();
    }

    private void partitionDroppedAndCreateRefused(PostgresServer server) throws Exception {
        int said = service.said();
        server.execute("REVOKE CREATE ON SCHEMA millisight FROM " + ROLE);
        dropPartition(server);
        without(
                said,
                "permission denied for schema millisight",
                () -> server.execute("GRANT CREATE ON SCHEMA millisight TO " + ROLE));
    }

    /** Upkeep cannot make the partition of a day to come; what there is of partitions goes on being filled. */
    private void createRefusedWhileThereIsRoom(PostgresServer server) throws Exception {
        service.forward(Duration.ofSeconds(11)); // Upkeep is due.
        service.await("partitions for days to come", () -> partitions(server) >= 4);
        int said = service.said();
        server.execute("REVOKE CREATE ON SCHEMA millisight FROM " + ROLE);
        service.forward(Duration.ofDays(1));
        service.await("upkeep to be refused", () -> !service.warnings(said).isEmpty());
        for (int turn = 0; turn < 5; turn++) {
            long stored = service.ledger().get("stored");
            traffic.send(service, 20);
            service.forward(Duration.ofSeconds(11));
            service.await("commits all the same", () -> service.ledger().get("stored") >= stored + 20);
        }
        assertThat(service.warnings(said)).as("state changes, not events").hasSizeLessThan(4);
        server.execute("GRANT CREATE ON SCHEMA millisight TO " + ROLE);
    }

    private static int partitions(PostgresServer server) {
        try {
            return Integer.parseInt(server.ask(
                    "SELECT count(*) FROM pg_inherits WHERE inhparent = 'millisight.api_metrics'::regclass"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void without(int said, String warning, Hand back) throws Exception {
        long stored = service.ledger().get("stored");
        traffic.send(service, 100);
        service.awaitWord(said, line -> line.contains(warning) && line.contains("docs/format/postgresql.md"));
        assertThat(service.flush()).isFalse();
        assertThat(service.ledger()).containsEntry("stored", stored);
        Oracle.assertBalanced(service.ledger());
        back.act();
        service.catchUp();
    }

    private void assertHoldsEverything() throws Exception {
        assertThat(traffic.failures()).isEmpty();
        service.await("the last records", () -> service.ledger().get("seen") >= traffic.answers());
        service.catchUp();
        Map<String, Long> ledger = service.ledger();
        Oracle.assertBalanced(ledger);
        assertThat(ledger)
                .containsEntry("pending", 0L)
                .containsEntry("seen", (long) traffic.answers())
                .containsEntry("stored", (long) traffic.answers());
        Books books = service.books();
        BitSet missing = traffic.answered();
        missing.andNot(books.ids());
        assertThat(missing.cardinality()).as("answered and not stored").isZero();
        assertThat(books.requestsInRollups()).isEqualTo(traffic.answers());
        books.assertRollupsCountEveryRequest(0);
        assertThat(traffic.longestMillis()).as("the slowest answer, ms").isLessThan(TimeUnit.SECONDS.toMillis(3));
    }
}
