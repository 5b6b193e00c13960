package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreFactory;
import io.millisight.testkit.PersistentStoreConformanceTest;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends PersistentStoreConformanceTest {

    @Override
    protected Store open(Path directory, Retention retention) {
        return new SqliteStoreFactory().open("sqlite", directory, retention);
    }

    @Test
    void isFoundUnderTheNameSqliteAndSaysWhereItIs(@TempDir Path folder) {
        StoreFactory factory = ServiceLoader.load(StoreFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.accepts("sqlite"))
                .findFirst()
                .orElseThrow();
        assertThat(factory.accepts("memory")).isFalse();
        try (Store opened = factory.open("sqlite", folder, Retention.defaults())) {
            assertThat(opened.status().description()).isEqualTo("SQLite " + folder.resolve("millisight.db"));
        }
    }
}
