package io.millisight.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Finds the store that a setting names among the factories on the classpath. */
public final class Stores {

    /** The setting for the application's own database. */
    public static final String DATA_SOURCE = "datasource";

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

    /**
     * Opens the store in the database that the application has connections to.
     *
     * @throws IllegalArgumentException when there is no data source, or no store for it
     * @throws StoreException when the store cannot be opened
     */
    public static Store open(@Nullable DataSource dataSource, Path dataDirectory, Retention retention) {
        if (dataSource == null) {
            throw new IllegalArgumentException("store: " + DATA_SOURCE + "; needs the setting storeDataSource");
        }
        for (StoreFactory factory : load()) {
            Store store = factory.open(dataSource, dataDirectory, retention);
            if (store != null) {
                return store;
            }
        }
        throw new IllegalArgumentException("store: " + DATA_SOURCE
                + "; no store on the classpath can be kept in it (found: " + names() + "). Add millisight-store");
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
