package io.millisight.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** Opens {@code unreliable:method}: a store in memory, one method of which fails. */
public final class UnreliableStoreFactory implements StoreFactory {

    private static final String PREFIX = "unreliable:";

    @Override
    public boolean accepts(String store) {
        return store.startsWith(PREFIX);
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        String failing = store.substring(PREFIX.length());
        InMemoryStore memory = new InMemoryStore(retention);
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(failing)) {
                        throw new StoreException(failing + " fails, on purpose, for a test");
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
