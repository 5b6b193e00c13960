package io.millisight.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** Opens {@code unreliable:method}: a store in memory, one method of which fails; {@code broken:method}, with a fault of its driver. */
public final class UnreliableStoreFactory implements StoreFactory {

    private static final String FAILS = "unreliable:";
    private static final String BREAKS = "broken:";

    @Override
    public boolean accepts(String store) {
        return store.startsWith(FAILS) || store.startsWith(BREAKS);
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        String failing = store.substring(store.indexOf(':') + 1);
        RuntimeException failure = store.startsWith(FAILS)
                ? new StoreException(failing + " fails, on purpose, for a test")
                : new IllegalStateException(failing + " breaks, on purpose, for a test");
        InMemoryStore memory = new InMemoryStore(retention);
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(failing)) {
                        throw failure;
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
