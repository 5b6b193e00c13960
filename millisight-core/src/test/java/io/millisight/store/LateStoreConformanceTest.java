package io.millisight.store;

import io.millisight.journal.JournalFolder;
import io.millisight.testkit.ManualClock;
import io.millisight.testkit.StoreConformanceTest;
import java.nio.file.Path;
import java.time.Duration;

/** A store that was opened late does all that the store behind it does. */
class LateStoreConformanceTest extends StoreConformanceTest {

    private final ManualClock clock = new ManualClock();
    private final JournalFolder folder = JournalFolder.inMemory(Feeding.BYTES, 10, "test");

    @Override
    protected Store open(Path directory, Retention retention) {
        LateStore store = new LateStore(
                () -> new InMemoryStore(retention),
                folder,
                clock,
                new StoreException("locked, on purpose, for a test"));
        clock.advance(Duration.ofSeconds(1));
        store.status();
        return store;
    }
}
