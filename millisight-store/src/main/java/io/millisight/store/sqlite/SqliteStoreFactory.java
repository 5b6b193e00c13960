package io.millisight.store.sqlite;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreFactory;
import java.nio.file.Path;

/** Opens {@code sqlite}: the file {@code millisight.db} in the data directory. */
public final class SqliteStoreFactory implements StoreFactory {

    /** Name of the database file. */
    public static final String FILE_NAME = "millisight.db";

    @Override
    public boolean accepts(String store) {
        return store.equals("sqlite");
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        return SqliteStore.open(dataDirectory.resolve(FILE_NAME), retention);
    }
}
