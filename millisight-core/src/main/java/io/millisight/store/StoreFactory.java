package io.millisight.store;

import java.nio.file.Path;

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
}
