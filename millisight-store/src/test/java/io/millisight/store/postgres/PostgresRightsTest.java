package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.Retention;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody takes a right away from the role that stores. */
class PostgresRightsTest {

    /** A round hour: 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600_000_000L;

    private final String schema = Server.newSchema();
    private final String role = "role_of_" + schema;
    private final String url = Server.url(schema).replace("user=postgres", "user=" + role);
    private final BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
    private PostgresStore store;

    @BeforeEach
    void open() {
        Server.execute(schema, "CREATE ROLE " + role + " LOGIN");
        Server.execute(schema, "CREATE SCHEMA " + schema + " AUTHORIZATION " + role);
        store = PostgresStore.open(url, Retention.defaults());
        commitOne();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void commitOne() {
        store.commit(batches.request("GET /a", START, 1).build());
    }

    @Test
    void aRightThatIsMissingIsNamedWithTheRoadToIt() {
        Server.execute(schema, "REVOKE INSERT ON api_metrics FROM " + role);
        assertThatThrownBy(this::commitOne)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("permission denied for table api_metrics")
                .hasMessageContaining("docs/format/postgresql.md");
        Server.execute(schema, "GRANT INSERT ON api_metrics TO " + role);
        commitOne();
    }

    @Test
    void aRoleThatMayMakeNoTablesMergesTrimsAndStoresAsLongAsThereArePartitions() {
        while (store.maintain(START)) {}
        Server.execute(schema, "REVOKE CREATE ON SCHEMA " + schema + " FROM " + role);
        while (store.maintain(START + Instants.DAY)) {}
        assertThat(Server.ask(schema, "SELECT count(*) FROM rollup WHERE level = 0"))
                .as("what was flushed and is not merged")
                .isEqualTo("0");
        commitOne();

        Server.execute(schema, "GRANT CREATE ON SCHEMA " + schema + " TO " + role);
        store.maintain(START + Instants.DAY);
        assertThat(Server.ask(schema, "SELECT to_regclass('api_metrics_2026_01_05') IS NOT NULL"))
                .as("the last of the days ahead")
                .isEqualTo("t");
    }
}
