package io.millisight.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens {@code shared:name}: one store in memory for all who ask for that name, as a database server is. */
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

    /** A connection to the store: closing it leaves the store to the others. */
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
