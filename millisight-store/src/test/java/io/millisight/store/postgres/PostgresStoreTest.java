package io.millisight.store.postgres;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.testkit.PersistentStoreConformanceTest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What every store must do, on a real PostgreSQL server. */
class PostgresStoreTest extends PersistentStoreConformanceTest {

    private final Map<Path, String> schemas = new HashMap<>();

    @Override
    protected Store open(Path directory, Retention retention) {
        return PostgresStore.open(
                Server.url(schemas.computeIfAbsent(directory, folder -> Server.newSchema())), retention);
    }
}
