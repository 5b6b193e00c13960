package io.millisight.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL server for all tests of this JVM, started by the first and stopped with it. A schema each. */
final class Server {

    private static final EmbeddedPostgres POSTGRES = start();
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private Server() {}

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder() // Stops with this JVM, by a hook of its own.
                    .setServerConfig("fsync", "off")
                    .setServerConfig("max_connections", "200")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of a schema that nobody has used. */
    static String newSchema() {
        return "test_" + SCHEMAS.incrementAndGet();
    }

    /** Of a store in this schema. */
    static String url(String schema) {
        return url() + "&currentSchema=" + schema;
    }

    /** Of a store in the schema of its own choice. */
    static String url() {
        return "jdbc:postgresql://localhost:" + POSTGRES.getPort() + "/postgres?user=postgres";
    }

    static int port() {
        return POSTGRES.getPort();
    }

    /** A connection as people have it, to this schema. */
    static Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection(url(schema));
    }

    /** Does this, as people do, in this schema. */
    static void execute(String schema, String sql) {
        try (Connection connection = connect(schema);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** The first column of the first row. */
    static String ask(String schema, String sql) {
        try (Connection connection = connect(schema);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
