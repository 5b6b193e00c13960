package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.store.Retention;
import io.millisight.store.postgres.PostgresStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 20: a service in many processes that share one PostgreSQL. */
@Timeout(600)
class FleetTest {

    private static final int REQUESTS = 5_000;
    private static final String TABLE_MADE = "CREATE TABLE api_metrics (";

    @Test
    void eachProcessReportsWhatOneSketchOverAllObservationsWouldHaveSeen(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(20, "a service in real processes", 3, 8);
        List<FleetMember> members = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), "fsync=off", "log_statement=ddl")) {
            for (int number = 0; number < row.rounds(); number++) {
                members.add(new FleetMember(folder.resolve("data-" + number), server.url(), number));
            }
            assertAll(members, "ready");
            tell(members, "start");
            assertAll(members, "done");
            tell(members, "record " + REQUESTS);
            assertAll(members, "done");
            tell(members, "ledger");
            assertAll(members, REQUESTS + " 0");

            Map<String, Rollup> sums = new HashMap<>();
            for (int number = 0; number < members.size(); number++) {
                FleetMember.add(sums, number, REQUESTS);
            }
            Rollup total = new Rollup();
            Map<String, RollupSnapshot> expected = new TreeMap<>();
            sums.forEach((endpoint, rollup) -> {
                total.add(rollup);
                expected.put(endpoint, rollup.snapshot());
            });
            expected.put("all", total.snapshot());
            tell(members, "report");
            assertAll(members, FleetMember.text(expected));
            assertThat(server.log().split(Pattern.quote(TABLE_MADE), -1))
                    .as("the table was made once")
                    .hasSize(2);
            long buckets = FleetMember.text(Map.of("all", total.snapshot()))
                    .chars()
                    .filter(c -> c == ':')
                    .count();
            row.held(
                    "%d processes started at once on an empty database, migrated once; each reports all %d requests, equal in each of %d buckets"
                            .formatted(members.size(), members.size() * REQUESTS, buckets));
        } finally {
            members.forEach(FleetMember::close);
        }
    }

    private static void tell(List<FleetMember> members, String command) throws Exception {
        for (FleetMember member : members) {
            member.tell(command);
        }
    }

    private static void assertAll(List<FleetMember> members, String answer) throws Exception {
        for (FleetMember member : members) {
            assertThat(member.answer()).isEqualTo(answer);
        }
    }

    @Test
    void eightStoresThatStartAtOnceOnAnEmptyDatabaseMigrateItOnce(@TempDir Path folder) throws Exception {
        Battery row = Battery.row(20, "eight stores start at once", 2, 20);
        int stores = 8;
        ExecutorService threads = Executors.newFixedThreadPool(stores);
        try (PostgresServer server = PostgresServer.start(folder.resolve("server"), "fsync=off", "log_statement=ddl")) {
            for (int round = 0; round < row.rounds(); round++) {
                String url = server.url() + "&currentSchema=round_" + round;
                CountDownLatch start = new CountDownLatch(1);
                List<Future<?>> opening = new ArrayList<>();
                for (int store = 0; store < stores; store++) {
                    opening.add(threads.submit(() -> {
                        start.await();
                        PostgresStore.open(url, Retention.defaults()).close();
                        return null;
                    }));
                }
                start.countDown();
                for (Future<?> open : opening) {
                    open.get();
                }
                row.progress(round + 1);
            }
            assertThat(server.log().split(Pattern.quote(TABLE_MADE), -1))
                    .as("each table was made once")
                    .hasSize(row.rounds() + 1);
            row.held("%d times %d stores at once: %d migrations".formatted(row.rounds(), stores, row.rounds()));
        } finally {
            threads.shutdownNow();
        }
    }
}
