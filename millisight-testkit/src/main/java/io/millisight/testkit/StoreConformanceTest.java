package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.millisight.store.Store} must do. Extend it, say how your store is opened, and run it with JUnit:
 *
 * <pre>{@code
 * class MyStoreTest extends StoreConformanceTest {
 *     @Override
 *     protected Store open(Path directory, Retention retention) {
 *         return new MyStore(directory, retention);
 *     }
 * }
 * }</pre>
 *
 * <p>A store that outlives its process extends {@link PersistentStoreConformanceTest} instead.
 *
 * <p>The tests stand in the classes that this one extends: cursors and transactions, single requests, rollups, retention, health,
 * scopes, signs of life and alerts; here is what holds for all of them together.
 */
public abstract class StoreConformanceTest extends FleetConformance {

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void readersSeeWholeBatchesWhileOthersAreWrittenAndMerged() {
        AtomicBoolean writing = new AtomicBoolean(true);
        CompletableFuture<?>[] readers = new CompletableFuture<?>[3];
        for (int reader = 0; reader < readers.length; reader++) {
            readers[reader] = CompletableFuture.runAsync(() -> {
                long last = 0;
                do {
                    long seen = assertPairsAreWhole();
                    assertThat(seen).isGreaterThanOrEqualTo(last);
                    last = seen;
                } while (writing.get());
            });
        }
        try {
            for (int second = 0; second < 400; second++) {
                long at = START + second * SECOND;
                store.commit(batches.request("GET /a", at, 1)
                        .request("GET /b", at, 2)
                        .build());
                store.maintain(at);
            }
        } finally {
            writing.set(false);
        }
        CompletableFuture.allOf(readers).join();
        assertThat(assertPairsAreWhole()).isEqualTo(400);
    }

    /** Every batch holds one request each of two endpoints: no answer may know one without the other. */
    private long assertPairsAreWhole() {
        Map<String, Long> counts = new ConcurrentHashMap<>();
        store.rollups(
                new RollupQuery(new TimeRange(START, START + HOUR), Resolution.COARSEST, Scope.ALL),
                (endpoint, window, rollup) -> counts.merge(endpoint.name(), rollup.requests(), Long::sum));
        assertThat(counts.getOrDefault("GET /a", 0L)).isEqualTo(counts.getOrDefault("GET /b", 0L));
        List<StoredRequest> requests =
                store.requests(RequestQuery.all(ALWAYS, 1_000)).requests();
        assertThat(requests.size() % 2).isZero();
        assertThat(requests).extracting(StoredRequest::sequence).doesNotHaveDuplicates();
        return counts.getOrDefault("GET /a", 0L);
    }
}
