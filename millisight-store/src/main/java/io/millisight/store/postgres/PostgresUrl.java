package io.millisight.store.postgres;

import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Where a PostgreSQL database is, from a JDBC URL. Not a record: its text must show no password.
 *
 * <p>User and password come in the URL's parameters or in the driver's own ways: {@code PGPASSFILE}, {@code ~/.pgpass}, a service file.
 */
final class PostgresUrl {

    static final String PREFIX = "jdbc:postgresql:";

    private static final String DEFAULT_SCHEMA = "millisight";

    private final String url;
    private final String schema;
    private final String description;

    private PostgresUrl(String url, String schema, String description) {
        this.url = url;
        this.schema = schema;
        this.description = description;
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException when it is none that the driver understands; the message does not repeat it, as
     *     there may be a password in it
     */
    static PostgresUrl of(String url) {
        int parameters = url.indexOf('?');
        String address = parameters < 0 ? url : url.substring(0, parameters);
        // The driver would log a port of "password@host".
        Properties parsed = address.indexOf('@') >= 0 ? null : Driver.parseURL(url, new Properties());
        if (parsed == null) {
            throw new IllegalArgumentException(
                    "store: a URL that starts with " + PREFIX + " and is none of the driver's;"
                            + " allowed: jdbc:postgresql://host:port/database?user=...&password=...");
        }
        String schema = schema(parsed.getProperty("currentSchema"));
        String description = "PostgreSQL " + parsed.getProperty("PGHOST", "localhost") + ":"
                + parsed.getProperty("PGPORT", "5432") + "/" + parsed.getProperty("PGDBNAME", "") + " schema " + schema;
        return new PostgresUrl(url, schema, description);
    }

    /** The first of the search path, else ours. */
    private static String schema(@Nullable String currentSchema) {
        if (currentSchema == null) {
            return DEFAULT_SCHEMA;
        }
        String first = currentSchema.split(",", 2)[0].strip();
        if (first.startsWith("\"") && first.endsWith("\"") && first.length() > 2) {
            return first.substring(1, first.length() - 1).replace("\"\"", "\"");
        }
        if (first.isEmpty() || first.startsWith("\"") || first.startsWith("pg_")) {
            throw new IllegalArgumentException("store: currentSchema " + currentSchema
                    + "; allowed: the name of a schema, none of the server's own");
        }
        return first.toLowerCase(Locale.ROOT);
    }

    /** The place that a data source leads to, whatever its own URL says: the schema is {@code millisight}. */
    static PostgresUrl ofDataSource() {
        return new PostgresUrl(
                "", DEFAULT_SCHEMA, "PostgreSQL of the application's data source, schema " + DEFAULT_SCHEMA);
    }

    String url() {
        return url;
    }

    /** The schema that holds our tables, as the catalogue has it. */
    String schema() {
        return schema;
    }

    /** Kind and place, for people, without user or password. */
    String description() {
        return description;
    }

    @Override
    public String toString() {
        return description;
    }
}
