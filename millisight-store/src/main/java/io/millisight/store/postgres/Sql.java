package io.millisight.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The statements of {@code statements.sql} by their names, and other resources of this package. */
final class Sql {

    private static final String NAME = "-- :";
    private static final Map<String, String> STATEMENTS = read(resource("statements.sql"));

    private Sql() {}

    /** The statement under this name. */
    static String of(String name) {
        String statement = STATEMENTS.get(name);
        if (statement == null) {
            throw new IllegalArgumentException("statement: " + name + "; allowed: " + STATEMENTS.keySet());
        }
        return statement;
    }

    /** The text of a resource beside this class. */
    static String resource(String name) {
        try (InputStream in = Sql.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name, e);
        }
    }

    /** A name as SQL has it in its text. */
    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** The statement with its parameters in its text, each in the form that SQL has for it. */
    static String filled(String statement, Object... parameters) {
        return String.format(statement.replace("%", "%%").replace("?", "%s"), parameters);
    }

    private static Map<String, String> read(String text) {
        Map<String, String> statements = new HashMap<>();
        String name = "";
        StringBuilder statement = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(NAME)) {
                statements.put(name, statement.toString().strip());
                name = line.substring(NAME.length());
                statement.setLength(0);
            } else if (!line.startsWith("-- ")) {
                statement.append(line).append('\n');
            }
        }
        statements.put(name, statement.toString().strip());
        return statements;
    }
}
