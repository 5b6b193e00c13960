package io.millisight.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens {@code failing:close}: a store in memory of which the named method always fails. */
public final class FailingStoreFactory implements StoreFactory {

    private static final String PREFIX = "failing:";

    /** Stores of this kind that were opened, and not closed yet. */
    public static final AtomicInteger OPEN = new AtomicInteger();

    @Override
    public boolean accepts(String store) {
        return store.startsWith(PREFIX);
    }

    @Override
    public Store open(String store, Path dataDirectory, Retention retention) {
        Store memory = new MemoryStoreFactory().open("memory", dataDirectory, retention);
        String failing = store.substring(PREFIX.length());
        OPEN.incrementAndGet();
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, given) -> {
                    if (method.getName().equals("close")) {
                        OPEN.decrementAndGet();
                    }
                    if (method.getName().equals(failing)) {
                        throw new StoreException(failing + " fails");
                    }
                    try {
                        return method.invoke(memory, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
