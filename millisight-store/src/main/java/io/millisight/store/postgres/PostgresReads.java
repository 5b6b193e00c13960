package io.millisight.store.postgres;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupFormatException;
import io.millisight.rollup.RollupPack;
import io.millisight.store.LevelRange;
import io.millisight.store.RequestKey;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.StoreException;
import io.millisight.store.StoreStatus;
import io.millisight.store.StoredRequest;
import io.millisight.store.postgres.PackCopy.Pack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** The queries. Each is one statement, and so sees one state of the store whatever is written meanwhile. One use, one thread. */
final class PostgresReads {

    private static final int REQUESTS_AT_ONCE = 5_000;

    /** The instance that stands for all of a service. */
    private static final String WHOLE = "";

    private static final Map<String, Outcome> OUTCOMES = outcomes();

    private final Connection connection;
    private final Names names;
    private final Unreadable unreadable;

    PostgresReads(Connection connection, Names names, Unreadable unreadable) {
        this.connection = connection;
        this.names = names;
        this.unreadable = unreadable;
    }

    void rollups(RollupQuery query, RollupVisitor visitor) throws SQLException {
        List<String> parts = new ArrayList<>();
        for (LevelRange range : LevelRange.of(query)) {
            parts.add(packsOf(range, query.scope()));
        }
        if (parts.isEmpty()) {
            return;
        }
        if (!names.hasEndpoints()) {
            names.readEndpoints(connection);
        }
        // What names endpoints that are newer than that waits until the connection can be asked for them.
        Map<Pack, Set<Integer>> unknown = new LinkedHashMap<>();
        PackCopy.read(
                connection,
                String.join(" UNION ALL ", parts),
                pack -> visit(pack, id -> knownOrNoted(id, pack, unknown), visitor));
        if (!unknown.isEmpty()) {
            names.readEndpoints(connection);
            unknown.forEach((pack, ids) -> visit(pack, id -> ids.contains(id) ? known(id) : null, visitor));
        }
    }

    private String packsOf(LevelRange range, Scope asked) throws SQLException {
        Scope scope = scopeAt(range.level(), asked);
        return Sql.filled(
                Sql.of("rollups of level"),
                range.level(),
                Instants.literal(range.fromMicros()),
                Instants.literal(range.toMicros()),
                literal(scope.service()),
                literal(scope.instance()));
    }

    private String literal(@Nullable String text) throws SQLException {
        String storable = StoredText.storableOrNull(text);
        return storable == null
                ? "NULL"
                : "'" + connection.unwrap(PGConnection.class).escapeLiteral(storable) + "'";
    }

    /** What is merged has been added up over the instances of each service. */
    private static Scope scopeAt(int level, Scope asked) {
        return level == LevelRange.UNMERGED || asked.instance() != null ? asked : new Scope(asked.service(), WHOLE);
    }

    /** Service and instance, each null for all; returns the parameter behind them. */
    static int setScope(PreparedStatement select, int parameter, Scope scope) throws SQLException {
        select.setString(parameter, StoredText.storableOrNull(scope.service()));
        select.setString(parameter + 1, StoredText.storableOrNull(scope.instance()));
        return parameter + 2;
    }

    private void visit(Pack pack, IntFunction<@Nullable Endpoint> endpoints, RollupVisitor visitor) {
        try {
            RollupPack.forEach(pack.data, (id, rollup) -> {
                Endpoint endpoint = endpoints.apply(id);
                if (endpoint != null) {
                    visitor.rollup(endpoint, pack.windowMicros, rollup);
                }
            });
        } catch (RollupFormatException e) {
            unreadable.met(pack.id, e);
        }
    }

    private @Nullable Endpoint knownOrNoted(int id, Pack pack, Map<Pack, Set<Integer>> unknown) {
        Endpoint endpoint = names.endpoint(id);
        if (endpoint == null) {
            unknown.computeIfAbsent(pack, first -> new HashSet<>()).add(id);
        }
        return endpoint;
    }

    private Endpoint known(int id) {
        Endpoint endpoint = names.endpoint(id);
        if (endpoint == null) {
            throw new StoreException("endpoint " + id + " is named by a rollup, but not in table endpoint");
        }
        return endpoint;
    }

    RequestPage requests(RequestQuery query) throws SQLException {
        RequestKey after = query.after();
        StringBuilder sql = matching("requests", query);
        append(sql, after, "behind");
        append(sql, query, "newest first");
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            int parameter = setMatching(select, query);
            if (after != null) {
                Instants.set(select, parameter++, after.completedAtMicros());
                Instants.set(select, parameter++, after.completedAtMicros());
                select.setLong(parameter++, after.sequence());
            }
            select.setInt(parameter, query.limit() + 1);
            select.setFetchSize(REQUESTS_AT_ONCE);
            return page(select, query.limit());
        }
    }

    SortedMap<Integer, Long> statuses(RequestQuery query) throws SQLException {
        StringBuilder sql = matching("statuses", query);
        append(sql, query, "by status");
        SortedMap<Integer, Long> counts = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            setMatching(select, query);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getInt(1), row.getLong(2));
                }
            }
        }
        return counts;
    }

    /** A statement over the requests that match, wherever the query begins. */
    private static StringBuilder matching(String statement, RequestQuery query) {
        StringBuilder sql = new StringBuilder(Sql.of(statement));
        append(sql, limitsDuration(query) ? query : null, "of duration");
        append(sql, query.endpoint(), "of endpoint");
        append(sql, query.userId(), "of user");
        append(sql, query.scope().service(), "of service");
        append(sql, query.scope().instance(), "of instance");
        return sql;
    }

    private static boolean limitsDuration(RequestQuery query) {
        return query.minNanos() > 0 || query.maxNanos() < Long.MAX_VALUE;
    }

    /** Sets the parameters of such a statement; gives the number of the next one. */
    private static int setMatching(PreparedStatement select, RequestQuery query) throws SQLException {
        Endpoint endpoint = query.endpoint();
        String userId = query.userId();
        String service = query.scope().service();
        String instance = query.scope().instance();
        Instants.set(select, 1, query.range().fromMicros());
        Instants.set(select, 2, query.range().toMicros());
        select.setInt(3, query.minStatus());
        select.setInt(4, query.maxStatus());
        int parameter = 5;
        for (int form = 0; form < 2 && limitsDuration(query); form++) {
            select.setLong(parameter++, query.minNanos());
            select.setLong(parameter++, query.maxNanos());
        }
        if (endpoint != null) {
            select.setString(parameter++, Names.label(endpoint));
            select.setString(parameter++, endpoint.method());
        }
        if (userId != null) {
            select.setString(parameter++, RequestCopy.userId(userId));
        }
        if (service != null) {
            select.setString(parameter++, StoredText.storable(service));
        }
        if (instance != null) {
            select.setString(parameter++, StoredText.storable(instance));
        }
        return parameter;
    }

    private static void append(StringBuilder sql, @Nullable Object given, String part) {
        if (given != null) {
            sql.append('\n').append(Sql.of(part));
        }
    }

    private RequestPage page(PreparedStatement select, int limit) throws SQLException {
        List<StoredRequest> requests = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                if (requests.size() == limit) {
                    StoredRequest last = requests.get(limit - 1);
                    return new RequestPage(requests, new RequestKey(last.completedAtMicros(), last.sequence()));
                }
                requests.add(request(row));
            }
        }
        return new RequestPage(requests, null);
    }

    private StoredRequest request(ResultSet row) throws SQLException {
        UUID id = row.getObject(1, UUID.class);
        return new StoredRequest(
                id.getLeastSignificantBits() & TimeIds.NUMBER,
                names.ofLabel(connection, row.getString(7), row.getString(8)),
                row.getInt(4),
                OUTCOMES.getOrDefault(row.getString(5), Outcome.COMPLETED),
                row.getBoolean(6),
                Instants.micros(row, 2),
                row.getLong(3),
                StoredText.restoredOrNull(row.getString(9)),
                StoredText.restored(row.getString(10)),
                StoredText.restored(row.getString(11)));
    }

    StoreStatus status(String description) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of("status"));
                ResultSet row = select.executeQuery()) {
            row.next();
            return new StoreStatus(description, row.getLong(1), row.getLong(2), Instants.micros(row, 3));
        }
    }

    long vouchedMicros(long nowMicros) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of("vouched"))) {
            for (int parameter = 1; parameter <= 5; parameter++) {
                Instants.set(select, parameter, nowMicros);
            }
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long vouched = Instants.micros(row, 1);
                return row.wasNull() ? nowMicros : vouched;
            }
        }
    }

    private static Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new HashMap<>();
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(RequestCopy.word(outcome), outcome);
        }
        return outcomes;
    }
}
