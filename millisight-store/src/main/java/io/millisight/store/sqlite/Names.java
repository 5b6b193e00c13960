package io.millisight.store.sqlite;

import io.millisight.observe.Endpoint;
import io.millisight.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of endpoints and sources in one database, remembered. What a transaction adds is remembered only when it
 * has been committed, so that a rollback cannot leave a number behind that the database does not know. Thread-safe:
 * rows are only ever added, and never change.
 */
final class Names {

    private record Source(String service, String instance) {}

    /** What one transaction has looked up or added; {@link #remember} it after the commit. One thread. */
    final class Lookup {

        private final Connection connection;
        private final Map<Endpoint, Integer> endpoints = new HashMap<>();
        private final Map<Source, Integer> sources = new HashMap<>();

        private Lookup(Connection connection) {
            this.connection = connection;
        }

        /** The endpoint's number; adds the endpoint where it is new. */
        int endpoint(Endpoint endpoint) throws SQLException {
            Integer known = endpointIds.get(endpoint);
            if (known == null) {
                known = endpoints.get(endpoint);
            }
            if (known == null) {
                known = added(
                        "INSERT INTO endpoint (method, route) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        "SELECT endpoint_id FROM endpoint WHERE method = ? AND route = ?",
                        endpoint.method(),
                        storable(endpoint.route()));
                endpoints.put(endpoint, known);
            }
            return known;
        }

        /** The source's number; adds the source where it is new. */
        int source(String service, String instance) throws SQLException {
            Source source = new Source(service, instance);
            Integer known = sourceIds.get(source);
            if (known == null) {
                known = added(
                        "INSERT INTO source (service, instance) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        "SELECT source_id FROM source WHERE service = ? AND instance = ?",
                        storable(service),
                        storable(instance));
                sources.put(source, known);
            }
            return known;
        }

        /** To be called when the transaction has been committed. */
        void remember() {
            endpointIds.putAll(endpoints);
            sourceIds.putAll(sources);
        }

        private Integer added(String insert, String select, String first, String second) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(insert)) {
                statement.setString(1, first);
                statement.setString(2, second);
                statement.executeUpdate();
            }
            Integer id = selectId(connection, select, first, second);
            if (id == null) {
                throw new SQLException("neither found nor added: " + first + " " + second);
            }
            return id;
        }
    }

    private final Map<Endpoint, Integer> endpointIds = new ConcurrentHashMap<>();
    private final Map<Source, Integer> sourceIds = new ConcurrentHashMap<>();
    private final Map<Integer, Endpoint> endpointsById = new ConcurrentHashMap<>();

    /** Begins the look-ups of one transaction. */
    Lookup lookup(Connection connection) {
        return new Lookup(connection);
    }

    /** The number of an endpoint, or null when nothing of it was ever stored. */
    @Nullable Integer endpointId(Connection connection, Endpoint endpoint) throws SQLException {
        Integer known = endpointIds.get(endpoint);
        return known != null
                ? known
                : selectId(
                        connection,
                        "SELECT endpoint_id FROM endpoint WHERE method = ? AND route = ?",
                        endpoint.method(),
                        storable(endpoint.route()));
    }

    /**
     * The endpoint with this number, always the same instance.
     *
     * @throws StoreException when the database does not know it
     */
    Endpoint endpoint(Connection connection, int id) {
        Endpoint known = endpointsById.get(id);
        if (known != null) {
            return known;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT method, route FROM endpoint WHERE endpoint_id = ?")) {
            statement.setInt(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new StoreException(
                            "endpoint " + id + " is named by a block or pack, but not in table endpoint");
                }
                Endpoint loaded = new Endpoint(row.getString(1), row.getString(2));
                Endpoint earlier = endpointsById.putIfAbsent(id, loaded);
                return earlier != null ? earlier : loaded;
            }
        } catch (SQLException e) {
            throw new StoreException("endpoint " + id + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Integer selectId(Connection connection, String select, String first, String second)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setString(1, first);
            statement.setString(2, second);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : null;
            }
        }
    }

    /** Text as UTF-8 can hold it: half a surrogate pair becomes the replacement character, which is seen. */
    static String storable(String text) {
        StringBuilder replaced = null;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                at++;
                continue;
            }
            if (replaced == null) {
                replaced = new StringBuilder(text);
            }
            replaced.setCharAt(at, '\uFFFD');
        }
        return replaced == null ? text : replaced.toString();
    }

    /** The same for text that may be missing. */
    static @Nullable String storableOrNull(@Nullable String text) {
        return text == null ? null : storable(text);
    }
}
