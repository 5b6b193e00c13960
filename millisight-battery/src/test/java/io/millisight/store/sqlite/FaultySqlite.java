package io.millisight.store.sqlite;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreFactory;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Opens {@code faulty-sqlite}: the real store over a real file, through the faults that a test has set up. */
public final class FaultySqlite implements StoreFactory {

    static final String NAME = "faulty-sqlite";

    /** Where the next store's connections come from. */
    static volatile JdbcFaults faults = new JdbcFaults(new java.util.Random(0), () -> {});

    /** The store that was opened last. */
    static volatile @Nullable SqliteStore opened;

    @Override
    public boolean accepts(String store) {
        return store.equals(NAME);
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        SqliteStore sqlite = SqliteStore.open(
                new SqliteFile(
                        dataDirectory.resolve(SqliteStoreFactory.FILE_NAME),
                        Migrations.ofResources(),
                        Clock.systemUTC(),
                        faults),
                retention);
        opened = sqlite;
        return sqlite;
    }
}
