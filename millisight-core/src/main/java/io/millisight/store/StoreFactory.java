package io.millisight.store;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens stores of one kind. Found by {@link java.util.ServiceLoader}, so that a store module on the classpath is enough. */
public interface StoreFactory {

    /** Whether the setting {@code store} names a store of this kind: {@code sqlite}, {@code memory}, a JDBC URL. */
    boolean accepts(String store);

    /**
     * Opens the store, creating or migrating it as needed.
     *
     * @param store the setting that was accepted
     * @param dataDirectory where this instance keeps its files; exists
     * @param retention what to keep
     * @throws StoreException when it cannot be opened; one that {@linkplain StoreException#isPassing may pass} is tried
     *     again while requests wait in the journal
     */
    Store open(String store, Path dataDirectory, Retention retention);

    /**
     * Opens the store in the database that the application has connections to.
     *
     * @return the store, or null when this is no kind of store for such a database
     * @throws StoreException as {@link #open(String, Path, Retention)}
     */
    default @Nullable Store open(DataSource dataSource, Path dataDirectory, Retention retention) {
        return null;
    }
}
