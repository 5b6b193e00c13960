package io.millisight.store;

import java.nio.file.Path;

/** Opens {@code memory}: a store that ends with the process. */
public final class MemoryStoreFactory implements StoreFactory {

    @Override
    public boolean accepts(String store) {
        return store.equals("memory");
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        return new InMemoryStore(retention);
    }
}
