package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.StoreFactory;
import io.millisight.store.Stores;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresUrlTest {

    @Test
    void saysWhereItIsAndNoPassword() {
        PostgresUrl url = PostgresUrl.of("jdbc:postgresql://db.example:5433/metrics?user=ann&password=geheim");
        assertThat(url.toString()).isEqualTo("PostgreSQL db.example:5433/metrics schema millisight");
        assertThat(url.schema()).isEqualTo("millisight");
    }

    @Test
    void theSchemaIsTheFirstOfTheSearchPathAsTheServerReadsIt() {
        assertThat(schema("mine")).isEqualTo("mine");
        assertThat(schema("Mine,public")).isEqualTo("mine");
        assertThat(schema("%22Mine%22")).isEqualTo("Mine");
        for (String refused : new String[] {"", ",a", "pg_catalog", "%22"}) {
            assertThatThrownBy(() -> schema(refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("currentSchema");
        }
    }

    private static String schema(String parameter) {
        return PostgresUrl.of("jdbc:postgresql://localhost/db?currentSchema=" + parameter)
                .schema();
    }

    @Test
    void aUrlThatIsNoneIsRefusedWithoutRepeatingIt() {
        for (String url : new String[] {
            "jdbc:postgresql://ann:geheim@localhost/db", "jdbc:postgresql://localhost:port/db?password=geheim"
        }) {
            assertThatThrownBy(() -> PostgresUrl.of(url))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("jdbc:postgresql://host:port/database")
                    .hasMessageNotContaining("geheim");
        }
    }

    @Test
    void isFoundByItsUrlBesideTheOthers(@TempDir Path folder) {
        String schema = Server.newSchema();
        try (Store store = Stores.open(Server.url(schema) + "&password=geheim", folder, Retention.defaults())) {
            assertThat(store.isShared()).isTrue();
            assertThat(store.status().description())
                    .isEqualTo("PostgreSQL localhost:" + Server.port() + "/postgres schema " + schema);
        }
        assertThat(ServiceLoader.load(StoreFactory.class))
                .filteredOn(factory -> factory.accepts("sqlite"))
                .hasSize(1);
    }

    @Test
    void aServerThatIsNotThereMayPassAndIsNamedWithoutPassword(@TempDir Path folder) {
        assertThatThrownBy(() -> Stores.open(
                        "jdbc:postgresql://localhost:1/db?user=ann&password=geheim", folder, Retention.defaults()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue())
                .hasMessageContaining("PostgreSQL localhost:1/db")
                .hasMessageNotContaining("geheim")
                .hasStackTraceContaining("refused");
    }

    @Test
    void aDatabaseThatIsNotThereMayBeMade(@TempDir Path folder) {
        String url = "jdbc:postgresql://localhost:" + Server.port() + "/not_yet?user=postgres";
        assertThatThrownBy(() -> Stores.open(url, folder, Retention.defaults()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue());
    }
}
