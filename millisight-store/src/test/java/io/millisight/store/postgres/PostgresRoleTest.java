package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.Retention;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The role of docs/format/postgresql.md: it can do what it must, and nothing elsewhere. */
class PostgresRoleTest {

    private static final String PAGE = "docs/format/postgresql.md";
    private static final String SCRIPT = "<!-- role script, run by PostgresRoleTest -->\n```sql\n";

    @Test
    void theDocumentedRoleStoresMergesAndTrimsAndIsKeptFromEverythingElse() throws IOException {
        String url = Server.url().replace("user=postgres", "user=millisight");
        assertThatThrownBy(() -> PostgresStore.open(url, Retention.defaults()))
                .as("before the script")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue());

        Server.execute("public", script().replace("DATABASE metrics", "DATABASE postgres"));
        Server.execute("public", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"); // As it is from version 15 on.
        try (PostgresStore store = PostgresStore.open(url, Retention.defaults())) {
            long now = System.currentTimeMillis() * 1_000;
            BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
            assertThat(store.commit(batches.request("GET /a", now - 20 * Instants.DAY, 1)
                            .request("GET /a", now, 1)
                            .build()))
                    .isTrue();
            while (store.maintain(now)) {}
            assertThat(store.status().requests()).isEqualTo(1);
        }
        assertThat(answerOf("has_database_privilege('millisight', current_database(), 'CREATE')"))
                .isEqualTo("f");
        assertThat(answerOf("has_schema_privilege('millisight', 'public', 'CREATE')"))
                .isEqualTo("f");
        assertThat(answerOf("bool_or(has_table_privilege('millisight', c.oid, 'INSERT')) FROM pg_class c"
                        + " WHERE relkind = 'r' AND relowner <> 'millisight'::regrole"))
                .isEqualTo("f");
        assertThat(answerOf("has_table_privilege('millisight_reader', 'millisight.api_metrics', 'SELECT')"
                        + " AND has_table_privilege('millisight_reader', 'millisight.rollup', 'SELECT')"))
                .isEqualTo("t");
        assertThat(answerOf("has_table_privilege('millisight_reader', 'millisight.api_metrics', 'INSERT')"))
                .isEqualTo("f");
    }

    private static String answerOf(String question) {
        return Server.ask("public", "SELECT " + question);
    }

    private static String script() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve(PAGE))) {
            root = root.getParent();
        }
        String page = Files.readString(root.resolve(PAGE));
        int begin = page.indexOf(SCRIPT) + SCRIPT.length();
        assertThat(begin).isGreaterThan(SCRIPT.length());
        return page.substring(begin, page.indexOf("```", begin));
    }
}
