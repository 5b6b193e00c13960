package io.millisight.testkit;

import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens {@code shared:name}: one store in memory for all in this process who ask for that name, as a database server is one
 * for all. For tests of what several instances do together; to be named in {@code META-INF/services} of the test.
 */
public final class SharedMemoryStoreFactory implements StoreFactory {

    private static final String PREFIX = "shared:";
    private static final Map<String, Store> STORES = new ConcurrentHashMap<>();

    @Override
    public boolean accepts(String store) {
        return store.startsWith(PREFIX);
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        return shared(STORES.computeIfAbsent(store, added -> new InMemoryStore(retention)));
    }

    /** A connection to a store that others use too: closing it leaves the store to them. */
    public static Store shared(Store store) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isShared" -> true;
                    case "close" -> null;
                    default -> {
                        try {
                            yield method.invoke(store, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }
}
