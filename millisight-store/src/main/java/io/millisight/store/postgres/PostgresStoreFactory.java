package io.millisight.store.postgres;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.StoreFactory;
import java.nio.file.Path;
import javax.sql.DataSource;

/** Opens {@code jdbc:postgresql://host:port/database?user=...}: the schema {@code millisight} there, or the URL's {@code currentSchema}. */
public final class PostgresStoreFactory implements StoreFactory {

    @Override
    public boolean accepts(String store) {
        return store.startsWith("jdbc:postgresql:");
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        try {
            return PostgresStore.open(store, retention);
        } catch (NoClassDefFoundError e) {
            throw new StoreException("PostgreSQL's driver is not on the classpath; add org.postgresql:postgresql", e);
        }
    }

    @Override
    public Store open(DataSource dataSource, Path dataDirectory, Retention retention) {
        try {
            return PostgresStore.open(dataSource, retention);
        } catch (NoClassDefFoundError e) {
            throw new StoreException("PostgreSQL's driver is not on the classpath; add org.postgresql:postgresql", e);
        }
    }
}
