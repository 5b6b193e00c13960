package io.millisight.testkit;

import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs the kit for stores that persist against a store in memory that outlives its closing, kept here by folder. */
class PersistentStoreConformanceOfMemoryTest extends PersistentStoreConformanceTest {

    private record Kept(Path directory, Retention retention) {}

    private final Map<Kept, Store> kept = new HashMap<>();

    @Override
    protected Store open(Path directory, Retention retention) {
        Store store = kept.computeIfAbsent(new Kept(directory, retention), key -> new InMemoryStore(retention));
        AtomicBoolean closed = new AtomicBoolean();
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        closed.set(true);
                        return null;
                    }
                    if (closed.get()) {
                        throw new StoreException("closed");
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
