package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.postgres.PostgresStore;
import io.millisight.testkit.FaultyProxy;
import io.millisight.testkit.FaultyProxy.Direction;
import io.millisight.testkit.FaultyProxy.Fate;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 15: a network between the service and PostgreSQL that cuts connections at random bytes, and loses answers to COMMIT. */
@Timeout(1_800)
class CutConnectionsTest {

    private static final long SEED = 15;

    /** A request must not wait for the store, whatever becomes of it; a loaded machine may make it wait for a processor. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Random random = new Random(SEED);
    private final Trial trial = new Trial(SEED);
    private long longestNanos;

    @Test
    void aConnectionCutAtAnyByteCostsNothingAndDoublesNothing(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(15, "connections to PostgreSQL cut at random bytes", 30, 500);
        tries(
                row,
                folder,
                "",
                () -> random.nextInt(8) == 0
                        ? new Fate.Cut(Direction.TO_CLIENT, random.nextInt(3_000))
                        : new Fate.Cut(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT, (long)
                                Math.exp(Math.log(30_000) * random.nextDouble())));
    }

    @Test
    void aCommitWhoseAnswerIsLostIsStoredOnce(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(15, "answers of PostgreSQL to COMMIT lost", 15, 500);
        // Statements that are sent as text each time can be told apart on their way.
        tries(row, folder, "&prepareThreshold=0", () -> new Fate.AnswerLost("COMMIT", 1 + random.nextInt(9)));
    }

    private void tries(Battery row, Path folder, String parameters, Supplier<Fate> fates) throws Exception {
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), "fsync=off");
                FaultyProxy proxy = FaultyProxy.to(server.port());
                Connection watch = server.connect(PostgresServer.SUPERUSER)) {
            String url = PostgresServer.url(proxy.port(), PostgresServer.SUPERUSER) + parameters;
            int failed = 0;
            int storedAllTheSame = 0;
            try (Millisight millisight = Trial.start(folder.resolve("data"), trial.clock, url)) {
                proxy.setFates(fates);
                proxy.cutAll();
                long before = stored(watch);
                while (proxy.harmed() < row.rounds()) {
                    record(millisight);
                    assertBalanced(millisight.ledger());
                    boolean flushed = flush(millisight);
                    long after = stored(watch);
                    failed += flushed ? 0 : 1;
                    storedAllTheSame += !flushed && after > before ? 1 : 0;
                    before = after;
                    row.progress(proxy.harmed());
                }
                proxy.setFates(Fate.Kept::new);
                proxy.cutAll();
                while (!flush(millisight)) {
                    assertBalanced(millisight.ledger());
                }
                Ledger ledger = millisight.ledger();
                assertBalanced(ledger);
                assertThat(ledger.stored()).as("seed %s", SEED).isEqualTo(trial.recorded());
            }
            try (Store store = PostgresStore.open(server.url(), Retention.defaults())) {
                trial.check(store);
            }
            assertThat(longestNanos).as("the slowest record()").isLessThan(LONGEST_NANOS);
            row.held(
                    "%d connections harmed, %d commits failed, %d of them stored all the same: %d requests, each stored once; "
                                    .formatted(proxy.harmed(), failed, storedAllTheSame, trial.recorded())
                            + "slowest record() %d us".formatted(TimeUnit.NANOSECONDS.toMicros(longestNanos)));
        }
    }

    private void record(Millisight millisight) {
        for (int requests = random.nextInt(40); requests >= 0; requests--) {
            long begun = System.nanoTime();
            trial.record(millisight, 1);
            longestNanos = Math.max(longestNanos, System.nanoTime() - begun);
        }
    }

    private static boolean flush(Millisight millisight) {
        try {
            millisight.flush();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Read past the proxy: what is there although the answer was lost. */
    private static long stored(Connection watch) throws SQLException {
        try (Statement statement = watch.createStatement();
                ResultSet row = statement.executeQuery("SELECT sum(requests) FROM millisight.request_count")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void assertBalanced(Ledger ledger) {
        Oracle.assertBalanced(ledger);
        assertThat(ledger.dropped().values()).as("dropped").containsOnly(0L);
    }
}
