package io.millisight;

import io.millisight.journal.JournalFolder;
import io.millisight.observe.TimeSource;
import io.millisight.store.LateStore;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.Stores;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where one run keeps what it records: the folder with its journal, and the store. */
record Storage(JournalFolder folder, Store store) {

    static final String MEMORY = "memory";

    private static final Logger log = LoggerFactory.getLogger("millisight");

    /**
     * Opens what is configured; without a data folder, both are in memory.
     *
     * @throws StoreException when the store cannot be opened, for a reason that stays
     * @throws IllegalArgumentException when the configured store does not exist on the classpath
     */
    static Storage open(MillisightConfig config, TimeSource time) {
        if (config.store().equals(MEMORY)) {
            return inMemory(config, "store is memory");
        }
        JournalFolder folder = JournalFolder.open(config.dataDirectory(), config.journalBytes(), config.maxEndpoints());
        try {
            Path directory = folder.folder().orElse(null);
            return new Storage(folder, directory == null ? memory(config) : store(config, time, folder, directory));
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /** @param why for people */
    static Storage inMemory(MillisightConfig config, String why) {
        return new Storage(JournalFolder.inMemory(config.journalBytes(), config.maxEndpoints(), why), memory(config));
    }

    private static Store memory(MillisightConfig config) {
        return Stores.open(MEMORY, config.dataDirectory(), config.retention());
    }

    /** A store that cannot be opened, for a reason that may pass, is opened later. */
    private static Store store(MillisightConfig config, TimeSource time, JournalFolder folder, Path directory) {
        Supplier<Store> opener = () -> config.store().equals(Stores.DATA_SOURCE)
                ? Stores.open(config.storeDataSource(), directory, config.retention())
                : Stores.open(config.store(), directory, config.retention());
        try {
            return opener.get();
        } catch (StoreException e) {
            if (!e.isPassing() || !folder.knowsWhatIsFreed()) {
                throw e;
            }
            log.warn(
                    "store {} cannot be opened yet; requests wait in the journal until it can",
                    Stores.shown(config.store()),
                    e);
            return new LateStore(opener, folder, time, e);
        }
    }

    /**
     * Closes both. Whatever fails, the folder is released: in a process that goes on, the next start needs it.
     *
     * @param emptied whether everything in the journal is stored
     */
    void close(boolean emptied) {
        try {
            store.close();
        } catch (RuntimeException e) {
            log.warn("the store could not be closed as it should; nothing that it had taken is lost", e);
        } finally {
            folder.close(emptied);
        }
    }
}
