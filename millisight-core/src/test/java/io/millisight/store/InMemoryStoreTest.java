package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.rollup.TimeRange;
import io.millisight.testkit.BatchBuilder;
import io.millisight.testkit.StoreConformanceTest;
import java.nio.file.Path;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends StoreConformanceTest {

    private static final long START = 1_767_225_600_000_000L;

    @Override
    protected Store open(Path directory, Retention retention) {
        return new InMemoryStore(retention);
    }

    @Test
    void isFoundUnderTheNameMemory() {
        StoreFactory factory = ServiceLoader.load(StoreFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.accepts("memory"))
                .findFirst()
                .orElseThrow();
        assertThat(factory.accepts("sqlite")).isFalse();
        try (Store opened = factory.open("memory", Path.of("unused"), Retention.defaults())) {
            assertThat(opened.status().description()).isEqualTo("memory");
        }
    }

    @Test
    void takesNoMoreOfTheHeapThanItMayWhateverRetentionAllows() {
        Random random = new Random(2);
        try (InMemoryStore small = new InMemoryStore(Retention.defaults(), 100_000)) {
            BatchBuilder batches = new BatchBuilder("a", "journal");
            long now = START;
            for (int minute = 0; minute < 1_000; minute++) {
                now += TimeRange.MINUTE;
                for (int request = 0; request < 100; request++) {
                    batches.request("GET /" + request % 10, now, random.nextLong() >>> 20);
                }
                small.commit(batches.build());
                while (small.maintain(now)) {
                    assertThat(small.status().requests()).isPositive();
                }
            }
            assertThat(small.status().bytes()).isBetween(100_000L, 220_000L);
            RequestPage newest = small.requests(RequestQuery.all(new TimeRange(0, now + 1), 1));
            assertThat(newest.requests().get(0).completedAtMicros()).isEqualTo(now);
        }
    }
}
