package io.millisight.store.sqlite;

import io.millisight.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings a database to the schema of this version: the scripts it has not seen, in order, in one transaction. {@code
 * PRAGMA user_version} counts them. The transaction takes the write lock first, so of two processes one migrates.
 */
final class Migrations {

    /** "Msgt": {@code file} and {@code sqlite3} tell our databases from others by it. */
    static final int APPLICATION_ID = 0x4D736774;

    /** Script n makes version n of version n - 1. Append only. */
    private static final List<String> SCRIPTS =
            List.of("V1__requests_rollups_and_cursors.sql", "V2__service_health.sql", "V3__instances_and_alerts.sql");

    private final List<String> scripts;

    /** With the text of each version's script, version 1 first. */
    Migrations(List<String> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    /** The scripts of this version of Millisight. */
    static Migrations ofResources() {
        return new Migrations(SCRIPTS.stream().map(Migrations::resource).toList());
    }

    /** The version that {@link #apply} leads to. */
    int latestVersion() {
        return scripts.size();
    }

    /**
     * Applies what is missing; changes nothing when nothing is.
     *
     * @throws StoreException when the database is another program's, or a newer version's
     */
    void apply(Connection connection) throws SQLException {
        refuseForeign(connection);
        if (version(connection) == scripts.size()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                for (int version = version(connection) + 1; version <= scripts.size(); version++) {
                    statement.executeUpdate(scripts.get(version - 1));
                    statement.execute("PRAGMA user_version = " + version);
                }
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                statement.execute("COMMIT");
            } catch (SQLException e) {
                Connections.rollback(connection, e);
                throw e;
            }
        }
    }

    private void refuseForeign(Connection connection) throws SQLException {
        long applicationId = Connections.number(connection, "PRAGMA application_id");
        boolean empty = Connections.number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (applicationId != APPLICATION_ID && !empty) {
            throw new StoreException("the database is another program's (application_id " + applicationId
                    + "); choose another data directory, or move the file away");
        }
        int version = version(connection);
        if (version > scripts.size()) {
            throw new StoreException("the database was written by a newer Millisight (schema " + version
                    + "; this one knows up to " + scripts.size() + "); use that version, or move the file away");
        }
    }

    private static int version(Connection connection) throws SQLException {
        return Math.toIntExact(Connections.number(connection, "PRAGMA user_version"));
    }

    private static String resource(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name, e);
        }
    }
}
