package io.millisight.testkit;

import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import java.nio.file.Path;

/** The kit holds for a store that is known to keep its promises. */
class StoreConformanceOfMemoryTest extends StoreConformanceTest {

    @Override
    protected Store open(Path directory, Retention retention) {
        return new InMemoryStore(retention);
    }

    @Override
    protected boolean persists() {
        return false;
    }
}
