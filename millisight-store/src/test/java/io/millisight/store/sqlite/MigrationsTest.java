package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    private static final String TABLES = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
    private static final List<String> TWO = List.of(
            "CREATE TABLE one (a); -- a comment; with a semicolon\nINSERT INTO one VALUES (';');",
            "ALTER TABLE one ADD COLUMN b; CREATE TABLE two (a);");

    @Test
    void repeatingThemChangesNothing(@TempDir Path folder) throws SQLException {
        try (Connection connection = Connections.writer(Connections.FROM_SQLITE, folder.resolve("m.db"))) {
            Migrations migrations = Migrations.ofResources();
            migrations.apply(connection);
            long schema = Connections.number(connection, "PRAGMA schema_version");
            migrations.apply(connection);
            assertThat(Connections.number(connection, "PRAGMA schema_version")).isEqualTo(schema);
            assertThat(Connections.number(connection, "PRAGMA user_version")).isEqualTo(migrations.latestVersion());
            assertThat(Connections.number(connection, "PRAGMA application_id")).isEqualTo(Migrations.APPLICATION_ID);
            assertThat(Connections.number(connection, "PRAGMA auto_vacuum")).isEqualTo(2);
            assertThat(Connections.number(connection, "PRAGMA page_size")).isEqualTo(8_192);
        }
    }

    @Test
    void goOnFromTheVersionThatIsThere(@TempDir Path folder) throws SQLException {
        try (Connection connection = Connections.writer(Connections.FROM_SQLITE, folder.resolve("m.db"))) {
            new Migrations(TWO.subList(0, 1)).apply(connection);
            new Migrations(TWO).apply(connection);
            assertThat(Connections.number(connection, "PRAGMA user_version")).isEqualTo(2);
            assertThat(Connections.number(connection, TABLES)).isEqualTo(2);
            assertThat(Connections.number(connection, "SELECT count(b) + 1 FROM one"))
                    .isEqualTo(1);
        }
    }

    @Test
    void scriptThatFailsLeavesTheVersionBefore(@TempDir Path folder) throws SQLException {
        List<String> scripts = new ArrayList<>(TWO);
        scripts.add("CREATE TABLE three (a); INSERT INTO nowhere VALUES (1);");
        try (Connection connection = Connections.writer(Connections.FROM_SQLITE, folder.resolve("m.db"))) {
            new Migrations(TWO.subList(0, 1)).apply(connection);
            assertThatThrownBy(() -> new Migrations(scripts).apply(connection)).isInstanceOf(SQLException.class);
            assertThat(Connections.number(connection, "PRAGMA user_version")).isEqualTo(1);
            assertThat(Connections.number(connection, TABLES)).isEqualTo(1);
            new Migrations(TWO).apply(connection);
            assertThat(Connections.number(connection, "PRAGMA user_version")).isEqualTo(2);
        }
    }

    @Test
    void everyQueryOfAnIndexIsNamedInTheSchema() throws Exception {
        try (var in = Migrations.class.getResourceAsStream("V1__requests_rollups_and_cursors.sql")) {
            List<String> lines = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int line = 1; line < lines.size(); line++) {
                if (lines.get(line).matches("(CREATE (UNIQUE )?INDEX|    UNIQUE|    PRIMARY KEY).*")) {
                    assertThat(lines.get(line - 1))
                            .as(lines.get(line))
                            .startsWith(lines.get(line).startsWith(" ") ? "    --" : "--");
                }
            }
        }
    }
}
