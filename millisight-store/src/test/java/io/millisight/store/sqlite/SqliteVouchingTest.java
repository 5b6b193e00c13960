package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.rollup.TimeRange;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.testkit.BatchBuilder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which time stored history vouches for, whatever has been merged or trimmed. */
class SqliteVouchingTest {

    private static final long START = 1_767_225_600_000_000L;
    private static final long MINUTE = TimeRange.MINUTE;
    private static final long NOW = START + 1_000 * TimeRange.HOUR;

    private final BatchBuilder batches = new BatchBuilder("a", "journal");
    private Store store;

    @BeforeEach
    void openStore(@TempDir Path folder) {
        store = new SqliteStoreFactory()
                .open(
                        "sqlite",
                        folder,
                        new Retention(
                                Duration.ofDays(7),
                                1L << 30,
                                Duration.ofHours(2),
                                Duration.ofHours(2),
                                Duration.ofHours(2)));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void anEmptyStoreTakesTheWallClocksWord() {
        assertThat(store.vouchedMicros(NOW)).isEqualTo(NOW);
    }

    @Test
    void theSixtiethOfTheNewestMinutesCounts() {
        commitMinutes(0, 100);
        assertThat(store.vouchedMicros(NOW)).isEqualTo(START + 40 * MINUTE);
        while (store.maintain(START + 50 * MINUTE)) {}
        assertThat(store.vouchedMicros(NOW)).isEqualTo(START + 40 * MINUTE);
    }

    @Test
    void theOldestOfFewMinutesCounts() {
        commitMinutes(5, 10);
        assertThat(store.vouchedMicros(NOW)).isEqualTo(START + 5 * MINUTE);
    }

    @Test
    void fewMinutesFarAheadProveNothing() {
        commitMinutes(0, 100);
        commitMinutes(1_000_000, 1_000_030);
        assertThat(store.vouchedMicros(START + 2_000_000 * MINUTE)).isEqualTo(START + 70 * MINUTE);
        assertThat(store.vouchedMicros(NOW))
                .as("what lies ahead does not count")
                .isEqualTo(START + 40 * MINUTE);
    }

    @Test
    void requestsVouchWhenRetentionHasEndedAllRollups() {
        commitMinutes(0, 3);
        while (store.maintain(START + 24 * TimeRange.HOUR)) {}
        assertThat(store.status().requests()).isEqualTo(3);
        assertThat(store.vouchedMicros(NOW)).isBetween(START, START + 2 * MINUTE);
    }

    private void commitMinutes(int from, int to) {
        for (int minute = from; minute < to; minute++) {
            store.commit(batches.request("GET /a", START + minute * MINUTE, 1).build());
        }
    }
}
