package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.store.Retention;
import io.millisight.store.StoreBatch;
import io.millisight.store.sqlite.SqliteStore;
import java.nio.file.Path;

/** Fills a {@link SqliteStore} as a running instance does, and knows what each step took. One thread. */
final class BlockStore implements AutoCloseable {

    /** A portion of the running system. */
    static final int BATCH = 32_768;

    /** The running system merges every ten seconds; at a million requests a second and more, that is rarer than here. */
    private static final int BATCHES_BETWEEN_MERGES = 32;

    private final SqliteStore store;
    private Cost gathering = Cost.NONE;
    private Cost committing = Cost.NONE;
    private Cost merging = Cost.NONE;
    private int batches;

    BlockStore(Path file) {
        store = SqliteStore.open(file, Retention.defaults());
    }

    SqliteStore store() {
        return store;
    }

    /** Stores the next requests, in batches. */
    void fill(Traffic traffic, int requests) throws Exception {
        for (int left = requests; left > 0; left -= BATCH) {
            int size = Math.min(left, BATCH);
            StoreBatch[] batch = new StoreBatch[1];
            gathering = gathering.plus(Cost.of(() -> batch[0] = traffic.batch(size)));
            committing = committing.plus(Cost.of(() -> store.commit(batch[0])));
            if (++batches % BATCHES_BETWEEN_MERGES == 0) {
                merge(traffic.nowMicros());
            }
        }
        merge(traffic.nowMicros());
    }

    private void merge(long nowMicros) throws Exception {
        merging = merging.plus(Cost.of(() -> {
            while (store.maintain(nowMicros)) {}
        }));
    }

    /** Making requests, columns and rollups. */
    Cost gathering() {
        return gathering;
    }

    /** Encoding and writing. */
    Cost committing() {
        return committing;
    }

    /** Merging small blocks and packs, trimming. */
    Cost merging() {
        return merging;
    }

    @Override
    public void close() {
        store.close();
    }
}
