package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 19: a second process of the same identity writes into the same PostgreSQL. */
@Timeout(600)
class SameIdentityTest {

    private static final int JOURNAL_BYTES = 4 << 20;
    private static final int REQUESTS = 400;

    private final SteadyTraffic traffic = new SteadyTraffic();

    @Test
    void processesOfOneNameStoreEachRequestOnceAndOnACopyOfTheJournalNothingTwice(@TempDir Path folder)
            throws Exception {
        Battery row = Battery.row(19, "a second process of the same identity", 1, 10);
        Path data = folder.resolve("data");
        int lost = 0;
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), "fsync=off")) {
            try (FaultedProcess one = new FaultedProcess(data, server.url(), JOURNAL_BYTES);
                    FaultedProcess other = new FaultedProcess(folder.resolve("other"), server.url(), JOURNAL_BYTES)) {
                serve(one, other);
                one.catchUp();
                other.catchUp();
                Books books = one.books();
                assertThat(books.ids()).isEqualTo(traffic.answered());
                books.assertRollupsCountEveryRequest(0);
                one.stop();
                other.stop();
            }
            for (int round = 0; round < row.rounds(); round++) {
                lost += withACopy(server, data, folder.resolve("copy-" + round));
                row.progress(round + 1);
            }
        }
        row.held(
                "%d requests, none stored twice; %d of those on a copied journal were not stored, and a warning says so"
                        .formatted(traffic.answers(), lost));
    }

    /** The folder was copied, as with a machine's image: two journals claim to be one. How many requests are not stored. */
    private int withACopy(PostgresServer server, Path data, Path copy) throws Exception {
        PostgresServer.copy(data, copy);
        try (FaultedProcess one = new FaultedProcess(data, server.url(), JOURNAL_BYTES);
                FaultedProcess other = new FaultedProcess(copy, server.url(), JOURNAL_BYTES)) {
            serve(one, other);
            one.flush();
            other.flush();
            Oracle.assertBalanced(one.ledger());
            Oracle.assertBalanced(other.ledger());
            Books books = booksOf(server, copy.resolveSibling(copy.getFileName() + "-reader"));
            books.assertRollupsCountEveryRequest(0);
            BitSet missing = traffic.answered();
            missing.andNot(books.ids());
            if (!missing.isEmpty()) {
                assertThat(one.log().toString() + other.log()).contains("another process");
            }
            return missing.cardinality();
        }
    }

    /** As a third process reads them, which has nothing to store. */
    private static Books booksOf(PostgresServer server, Path data) throws Exception {
        try (FaultedProcess reader = new FaultedProcess(data, server.url(), JOURNAL_BYTES)) {
            return reader.books();
        }
    }

    private void serve(FaultedProcess one, FaultedProcess other) throws Exception {
        int wanted = traffic.answers() + REQUESTS;
        traffic.begin(one);
        traffic.begin(other);
        one.await("requests", () -> traffic.answers() >= wanted);
        traffic.pause();
        assertThat(traffic.failures()).isEmpty();
    }
}
