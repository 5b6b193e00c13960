package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows 16 and 17: the PostgreSQL server crashes, or is frozen, while requests come. */
@Timeout(3_600)
class PostgresAwayTest {

    private static final int JOURNAL_BYTES = 16 << 20;

    /** A request must not wait for the store; on a loaded machine it may wait for a processor. */
    private static final long LONGEST_MILLIS = 3_000;

    private final SteadyTraffic traffic = new SteadyTraffic();
    private int felt;

    /** What is done to a server that runs, and undone again. */
    private interface Fault {
        void harm(PostgresServer server, FaultedProcess service) throws Exception;
    }

    @Test
    void aServerThatCrashesUnderLoadCostsNothingAndDoublesNothing(@TempDir Path folder) throws Exception {
        Random random = new Random(16);
        Battery row = Battery.row(16, "PostgreSQL stopped immediately under load", 4, 50);
        // Without a sync the disk's cache must live on, which it does here; with synchronous_commit off a commit is not
        // even there.
        String found = underLoad(
                row,
                folder,
                "",
                0,
                (server, service) -> {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300_000)));
                    server.stopImmediately();
                    service.await("the crash to be felt", () -> !service.flush());
                    server.start();
                },
                "fsync=off",
                "synchronous_commit=off");
        row.held(found);
    }

    @Test
    void aServerThatIsFrozenCostsNothingAndDoublesNothing(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(17, "PostgreSQL frozen", 1, 20);
        // In full as users have it: given up after 20 s. Briefly, with patience for 2 s.
        String parameters = Battery.isFull() ? "" : "&socketTimeout=2&connectTimeout=2";
        long frozenNanos = TimeUnit.SECONDS.toNanos(Battery.isFull() ? 30 : 10);
        String found = underLoad(
                row,
                folder,
                parameters,
                frozenNanos,
                (server, service) -> {
                    server.freeze();
                    long begun = System.nanoTime();
                    service.await("the end of the frost", () -> System.nanoTime() - begun > frozenNanos);
                    Oracle.assertBalanced(service.ledger());
                    server.thaw();
                },
                "fsync=off");
        row.held(found);
    }

    private String underLoad(
            Battery row, Path folder, String parameters, long lastsNanos, Fault fault, String... settings)
            throws Exception {
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), settings);
                FaultedProcess service =
                        new FaultedProcess(folder.resolve("data"), server.url() + parameters, JOURNAL_BYTES)) {
            traffic.pauseBetween(
                    lastsNanos > 0 ? TimeUnit.MILLISECONDS.toNanos(2) : TimeUnit.MICROSECONDS.toNanos(300));
            for (int round = 0; round < row.rounds(); round++) {
                int said = service.said();
                traffic.begin(service);
                long stored = service.ledger().get("stored");
                service.await("commits", () -> service.ledger().get("stored") > stored);
                int before = traffic.answers();
                fault.harm(server, service);
                assertThat(traffic.answers()).as("answers meanwhile").isGreaterThan(before);
                service.catchUp();
                traffic.pause();
                assertThat(traffic.failures()).isEmpty();
                felt += service.warnings(said).stream().anyMatch(line -> line.contains("the store is away")) ? 1 : 0;
                assertThat(service.warnings(said))
                        .as("state changes, not events")
                        .hasSizeLessThan(6);
                Oracle.assertBalanced(service.ledger());
                row.progress(round + 1);
            }
            service.await("the last records", () -> service.ledger().get("seen") >= traffic.answers());
            service.catchUp();
            Map<String, Long> ledger = service.ledger();
            Oracle.assertBalanced(ledger);
            assertThat(ledger)
                    .containsEntry("pending", 0L)
                    .containsEntry("seen", (long) traffic.answers())
                    .containsEntry("dropped.store_away", 0L);
            assertHoldsWhatWasAnswered(service.books());
            assertThat(traffic.longestMillis()).as("the slowest answer, ms").isLessThan(LONGEST_MILLIS);
            assertThat(felt).as("rounds that the store has felt").isEqualTo(row.rounds());
            service.stop();
            return "%d requests, 0 failed, each stored once; felt in %d rounds; slowest answer %d ms"
                    .formatted(traffic.answers(), felt, traffic.longestMillis());
        }
    }

    private void assertHoldsWhatWasAnswered(Books books) {
        BitSet missing = traffic.answered();
        missing.andNot(books.ids());
        assertThat(missing.cardinality()).as("answered and not stored").isZero();
        assertThat(books.requestsInRollups()).isEqualTo(traffic.answers());
        books.assertRollupsCountEveryRequest(0);
    }
}
