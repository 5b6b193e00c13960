package io.millisight.store.postgres;

import io.millisight.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings a schema to this version: the scripts it has not seen, in order, in a transaction that the caller has begun.
 * Table {@code millisight_schema} counts them. Under an advisory lock, so of many instances one migrates; a schema that is
 * up to date is only looked at.
 */
final class Migrations {

    /** Script n makes version n of version n - 1. Append only. */
    private static final List<String> SCRIPTS = List.of("V1__tables_of_a_fleet.sql");

    private static final int LOCK_MILLIS = 15_000;

    private final List<String> scripts;

    /** With the text of each version's script, version 1 first. */
    Migrations(List<String> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    /** The scripts of this version of Millisight. */
    static Migrations ofResources() {
        return new Migrations(SCRIPTS.stream().map(Sql::resource).toList());
    }

    /**
     * Applies what is missing; changes nothing when nothing is.
     *
     * @throws StoreException when the schema is a newer version's
     */
    void apply(Connection connection, String schema) throws SQLException {
        if (version(connection, schema) == scripts.size()) {
            return;
        }
        lock(connection, schema);
        int version = version(connection, schema);
        if (version > scripts.size()) {
            throw new StoreException("schema " + schema + " was written by a newer Millisight (version " + version
                    + "; this one knows up to " + scripts.size() + "); use that version, or another schema");
        }
        try (Statement statement = connection.createStatement()) {
            if (version == 0) {
                createSchema(connection, schema);
                statement.execute(Sql.of("create versions"));
            }
            for (int next = version + 1; next <= scripts.size(); next++) {
                statement.execute(scripts.get(next - 1));
                add(connection, next);
            }
        }
    }

    /** One transaction at a time changes what tables there are. A fleet that starts at once takes a while. */
    static void lock(Connection connection, String schema) throws SQLException {
        Session.setLockTimeout(connection, LOCK_MILLIS);
        try (PreparedStatement lock = connection.prepareStatement(Sql.of("lock the schema"))) {
            lock.setString(1, "millisight schema " + schema);
            lock.execute();
        }
    }

    /** IF NOT EXISTS would ask for the right to create one even where it exists. */
    private static void createSchema(Connection connection, String schema) throws SQLException {
        if (!is(connection, "is there a schema", schema)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE SCHEMA " + Sql.quoted(schema));
            }
        }
    }

    private static void add(Connection connection, int version) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add version"))) {
            insert.setInt(1, version);
            insert.executeUpdate();
        }
    }

    /** 0 before the first script. */
    private static int version(Connection connection, String schema) throws SQLException {
        if (!is(connection, "is there a version", schema)) {
            return 0;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(Sql.of("schema version"))) {
            row.next();
            return row.getInt(1);
        }
    }

    private static boolean is(Connection connection, String question, String schema) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of(question))) {
            select.setString(1, schema);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
