package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.health.HealthStatus;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.StoredRequest;
import io.millisight.store.sqlite.SqliteStore;
import io.millisight.testkit.BatchBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moving up from SQLite to PostgreSQL: everything is there once, however often the copy died. */
class HistoryCopyTest {

    /** A round hour: 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600_000_000L;

    private static final long NOW = START + 30 * TimeRange.HOUR;
    private static final TimeRange ALWAYS = new TimeRange(START - 100 * Instants.DAY, START + 100 * Instants.DAY);
    private static final Duration LONGEST = Duration.ofDays(3_000);

    /** Minutes end long before their hours do. */
    private static final Retention SHORT_MINUTES =
            new Retention(LONGEST, 1L << 40, Duration.ofHours(5), LONGEST, LONGEST);

    private final String url = Server.url(Server.newSchema());
    private final BatchBuilder one = new BatchBuilder("shop", "1", "journal-1");
    private final BatchBuilder two = new BatchBuilder("shop", "2", "journal-2");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void fill() {
        file = folder.resolve("millisight.db");
        Random random = new Random(8);
        try (Store sqlite = SqliteStore.open(file, SHORT_MINUTES)) {
            for (int batch = 0; batch < 300; batch++) {
                BatchBuilder builder = batch % 3 == 0 ? two : one;
                for (int request = 0; request < 10; request++) {
                    builder.request(
                            "GET /r/" + random.nextInt(5),
                            START + batch * 6L * TimeRange.MINUTE + random.nextInt(60_000_000),
                            1 + random.nextInt(1_000_000_000),
                            200 + random.nextInt(400),
                            Outcome.ofCode(random.nextInt(4)),
                            random.nextInt(9) == 0,
                            random.nextBoolean() ? null : "user-" + random.nextInt(9));
                }
                sqlite.commit(builder.build());
                if (batch == 200) {
                    while (sqlite.maintain(NOW - 3 * TimeRange.HOUR)) {}
                }
            }
            for (int minute = 0; minute < 1_500; minute++) {
                long at = START + minute * TimeRange.MINUTE;
                sqlite.addHealth(List.of(new HealthRecord(
                        "shop", "1", "database", HealthStatus.HEALTHY, at, at + 1, 5, null, "{\"pool\":1}")));
            }
            sqlite.addAlert(new AlertRecord("shop", null, "p99 shop", START, "1", null, "{}"), 1);
        }
    }

    @Test
    void everythingIsThereAfterwards() {
        copy(line -> {});
        assertSame();
    }

    @Test
    void aCopyThatDiesAtEveryStepAndIsRunAgainAndOnceMoreDoublesNothing() {
        List<String> lines = new ArrayList<>();
        boolean through = false;
        while (!through) {
            int[] steps = {0};
            try {
                copy(line -> {
                    lines.add(line);
                    if (++steps[0] == 4) {
                        throw new IllegalStateException("killed");
                    }
                });
                through = true;
            } catch (IllegalStateException killed) {
                // Upkeep may go on between two runs: it moves rollups and requests about, and loses none.
                try (Store sqlite = SqliteStore.open(file, SHORT_MINUTES)) {
                    sqlite.maintain(NOW - TimeRange.HOUR);
                }
            }
        }
        assertThat(lines).anyMatch(line -> line.matches("requests: \\d+ of 3000"));
        copy(line -> assertThat(line).doesNotStartWith("requests").doesNotStartWith("minutes"));
        assertSame();
    }

    @Test
    void theInstanceGoesOnWhereItWasInTheSameMinuteAndHour() {
        copy(line -> {});
        try (Store postgres = PostgresStore.open(url, Retention.defaults());
                Store sqlite = SqliteStore.open(file, SHORT_MINUTES)) {
            assertThat(postgres.cursor("journal-1")).isEqualTo(sqlite.cursor("journal-1"));
            assertThat(postgres.cursor("journal-2")).isEqualTo(sqlite.cursor("journal-2"));
            assertThat(sums(postgres, Resolution.COARSEST)).isEqualTo(sums(sqlite, Resolution.COARSEST));
            var next = one.request("GET /r/1", START + 299 * 6L * TimeRange.MINUTE, 7)
                    .build();
            assertThat(postgres.commit(next)).isTrue();
            assertThat(sqlite.commit(next)).isTrue();
            for (Store store : List.of(postgres, sqlite)) {
                while (store.maintain(NOW, START)) {}
            }
        }
        assertSame();
    }

    @Test
    void anSqliteDatabaseThatGrewSinceIsRefused() {
        copy(line -> {});
        try (Store sqlite = SqliteStore.open(file, SHORT_MINUTES)) {
            sqlite.commit(new BatchBuilder("shop", "1", "a new journal")
                    .request("GET /r/1", NOW, 7)
                    .build());
        }
        assertThatThrownBy(() -> copy(line -> {}))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("more than when its copy was begun");
    }

    @Test
    void aFileThatIsNotThereIsRefusedAndNotMade() {
        Path missing = folder.resolve("missing.db");
        assertThatThrownBy(() -> HistoryCopy.copy(missing, url, line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.db");
        assertThat(missing).doesNotExist();
    }

    @Test
    void isACommandWithTwoArguments() {
        HistoryCopy.main(new String[] {file.toString(), url});
        assertSame();
    }

    private void copy(Consumer<String> progress) {
        HistoryCopy.copy(file, url, progress);
    }

    private void assertSame() {
        try (Store postgres = PostgresStore.open(url, Retention.defaults());
                Store sqlite = SqliteStore.open(file, SHORT_MINUTES)) {
            for (Resolution resolution : Resolution.values()) {
                assertThat(sums(postgres, resolution)).isNotEmpty().isEqualTo(sums(sqlite, resolution));
            }
            assertThat(requests(postgres)).isNotEmpty().containsExactlyInAnyOrderElementsOf(requests(sqlite));
            assertThat(health(postgres)).hasSize(1_500).isEqualTo(health(sqlite));
            assertThat(postgres.alerts(ALWAYS, Scope.ALL, 10))
                    .hasSize(1)
                    .isEqualTo(sqlite.alerts(ALWAYS, Scope.ALL, 10));
            assertThat(postgres.status().requests()).isEqualTo(sqlite.status().requests());
        }
    }

    private static Map<String, RollupSnapshot> sums(Store store, Resolution resolution) {
        Map<String, Rollup> sums = new HashMap<>();
        for (String instance : List.of("1", "2")) {
            store.rollups(
                    new RollupQuery(ALWAYS, resolution, Scope.ofInstance("shop", instance)),
                    (endpoint, window, rollup) -> sums.computeIfAbsent(
                                    instance + " " + endpoint.name() + " " + window, added -> new Rollup())
                            .add(rollup));
        }
        Map<String, RollupSnapshot> snapshots = new HashMap<>();
        sums.forEach((name, rollup) -> snapshots.put(name, rollup.snapshot()));
        return hours(snapshots, resolution);
    }

    /** Whether an hour comes as one window or as what is not merged into it yet is the store's affair. */
    private static Map<String, RollupSnapshot> hours(Map<String, RollupSnapshot> windows, Resolution resolution) {
        if (resolution == Resolution.MINUTE) {
            return windows;
        }
        Map<String, Rollup> sums = new HashMap<>();
        windows.forEach((name, rollup) -> {
            int at = name.lastIndexOf(' ');
            long hour = Math.floorDiv(Long.parseLong(name.substring(at + 1)), TimeRange.HOUR);
            sums.computeIfAbsent(name.substring(0, at + 1) + hour, added -> new Rollup())
                    .add(rollup);
        });
        Map<String, RollupSnapshot> snapshots = new HashMap<>();
        sums.forEach((name, rollup) -> snapshots.put(name, rollup.snapshot()));
        return snapshots;
    }

    private static List<String> requests(Store store) {
        List<String> requests = new ArrayList<>();
        RequestQuery query = RequestQuery.all(ALWAYS, 1_000);
        RequestPage page = store.requests(query);
        while (true) {
            for (StoredRequest request : page.requests()) {
                requests.add(request.toString().replaceFirst("sequence=\\d+", ""));
            }
            if (page.next() == null) {
                return requests;
            }
            page = store.requests(query.after(page.next()));
        }
    }

    private static List<HealthRecord> health(Store store) {
        List<HealthRecord> records = new ArrayList<>();
        store.health(new HealthQuery(Scope.ALL, ALWAYS, null), records::add);
        return records;
    }
}
