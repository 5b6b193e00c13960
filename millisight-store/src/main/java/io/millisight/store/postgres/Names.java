package io.millisight.store.postgres;

import io.millisight.observe.Endpoint;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of endpoints and sources in one database, remembered for as long as a connection to it holds. Names are
 * added in a transaction of their own, before the one that uses them: instances that meet the same names at once then wait for
 * one another no longer than that takes. Not thread-safe.
 */
final class Names {

    private record Source(String service, String instance) {}

    /** As {@code api_metrics} has an endpoint. */
    private record Label(String method, String label) {}

    private final Map<Endpoint, Integer> endpointIds = new HashMap<>();
    private final Map<Source, Integer> sourceIds = new HashMap<>();
    private final Map<Integer, Endpoint> endpointsById = new HashMap<>();
    private final Map<Label, Endpoint> endpointsByLabel = new HashMap<>();

    /** Whether the numbers of all of them are known. */
    boolean knows(Collection<Endpoint> endpoints, String service, String instance) {
        return sourceIds.containsKey(new Source(service, instance))
                && endpointIds.keySet().containsAll(endpoints);
    }

    /** Adds what is new, in a transaction that does nothing else, and looks up the rest. */
    void add(Connection connection, Collection<Endpoint> endpoints, String service, String instance)
            throws SQLException {
        List<Endpoint> unknown = endpoints.stream()
                .filter(endpoint -> !endpointIds.containsKey(endpoint))
                .toList();
        if (!unknown.isEmpty() && !lookUp(connection, unknown)) {
            insert(connection, unknown);
            if (!lookUp(connection, unknown)) {
                throw new SQLException("neither found nor added: one of " + unknown);
            }
        }
        addSource(connection, new Source(service, instance));
    }

    /** A number that {@link #add} has seen to. */
    int endpoint(Endpoint endpoint) {
        return known(endpointIds.get(endpoint), endpoint);
    }

    /** A number that {@link #add} has seen to. */
    int source(String service, String instance) {
        Source source = new Source(service, instance);
        return known(sourceIds.get(source), source);
    }

    private static int known(@Nullable Integer id, Object name) {
        if (id == null) {
            throw new IllegalStateException("not added before: " + name);
        }
        return id;
    }

    private boolean lookUp(Connection connection, List<Endpoint> unknown) throws SQLException {
        int found = 0;
        try (PreparedStatement select = connection.prepareStatement(Sql.of("endpoint numbers"))) {
            select.setArray(1, methods(connection, unknown));
            select.setArray(2, routes(connection, unknown));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    endpointIds.put(unknown.get(row.getInt(2) - 1), row.getInt(1));
                    found++;
                }
            }
        }
        return found == unknown.size();
    }

    private static void insert(Connection connection, List<Endpoint> unknown) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add endpoints"))) {
            insert.setArray(1, methods(connection, unknown));
            insert.setArray(2, routes(connection, unknown));
            insert.setArray(
                    3, texts(connection, unknown.stream().map(Names::label).toList()));
            insert.executeUpdate();
        }
    }

    private static Array methods(Connection connection, List<Endpoint> endpoints) throws SQLException {
        return texts(connection, endpoints.stream().map(Endpoint::method).toList());
    }

    private static Array routes(Connection connection, List<Endpoint> endpoints) throws SQLException {
        return texts(
                connection,
                endpoints.stream()
                        .map(endpoint -> StoredText.storable(endpoint.route()))
                        .toList());
    }

    private static Array texts(Connection connection, List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private void addSource(Connection connection, Source source) throws SQLException {
        if (sourceIds.containsKey(source)) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add source"));
                PreparedStatement select = connection.prepareStatement(Sql.of("source number"))) {
            for (PreparedStatement statement : List.of(insert, select)) {
                statement.setString(1, StoredText.storable(source.service()));
                statement.setString(2, StoredText.storable(source.instance()));
            }
            insert.executeUpdate();
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("neither found nor added: " + source);
                }
                sourceIds.put(source, row.getInt(1));
            }
        }
    }

    /** Whether endpoints have been read at all. */
    boolean hasEndpoints() {
        return !endpointsById.isEmpty();
    }

    /** Reads those that there are now. */
    void readEndpoints(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of("endpoints"));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                endpointsById.putIfAbsent(
                        row.getInt(1), new Endpoint(row.getString(2), StoredText.restored(row.getString(3))));
            }
        }
    }

    /** The endpoint with this number, always the same instance; null when it was not among those that have been read. */
    @Nullable Endpoint endpoint(int id) {
        return endpointsById.get(id);
    }

    /** {@code api_metrics.endpoint} of an endpoint. */
    static String label(Endpoint endpoint) {
        return StoredText.cut(StoredText.storable(endpoint.route()), StoredText.WIDE);
    }

    /** The endpoint of a row of {@code api_metrics}, which may be one that people have added. */
    Endpoint ofLabel(Connection connection, String method, String label) throws SQLException {
        Label asked = new Label(method, label);
        Endpoint known = endpointsByLabel.get(asked);
        if (known == null) {
            String route = StoredText.isCut(label) ? routeOf(connection, asked) : label;
            known = new Endpoint(method, route.isEmpty() ? Endpoint.UNMATCHED_ROUTE : StoredText.restored(route));
            endpointsByLabel.put(asked, known);
        }
        return known;
    }

    private static String routeOf(Connection connection, Label label) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of("route of label"))) {
            select.setString(1, label.method());
            select.setString(2, label.label());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : label.label();
            }
        }
    }
}
