package io.millisight.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the store that a setting names among the factories on the classpath. */
public final class Stores {

    private Stores() {}

    /**
     * Opens the store.
     *
     * @throws IllegalArgumentException when no factory accepts the setting
     * @throws StoreException when the store cannot be opened
     */
    public static Store open(String store, Path dataDirectory, Retention retention) {
        return factory(store)
                .orElseThrow(() ->
                        new IllegalArgumentException("store: " + shown(store) + "; no store on the classpath accepts it"
                                + " (found: " + names() + "). Add millisight-store, or use memory"))
                .open(store, dataDirectory, retention);
    }

    /** The setting as it may be logged: of a URL neither parameters nor log-in, as there may be a password in them. */
    public static String shown(String store) {
        int parameters = store.indexOf('?');
        String address = parameters < 0 ? store : store.substring(0, parameters);
        int logIn = address.lastIndexOf('@');
        int host = address.indexOf("//");
        return logIn < 0 || host < 0 ? address : address.substring(0, host + 2) + address.substring(logIn + 1);
    }

    private static Optional<StoreFactory> factory(String store) {
        for (StoreFactory factory : load()) {
            if (factory.accepts(store)) {
                return Optional.of(factory);
            }
        }
        return Optional.empty();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (StoreFactory factory : load()) {
            names.add(factory.getClass().getSimpleName());
        }
        return names;
    }

    /** By our own class loader: a container's thread may carry another application's. */
    private static ServiceLoader<StoreFactory> load() {
        return ServiceLoader.load(StoreFactory.class, StoreFactory.class.getClassLoader());
    }
}
