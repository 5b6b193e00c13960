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
import io.millisight.store.StoreStatus;
import io.millisight.store.StoredRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/** The queries. Each is one statement, and so sees one state of the store whatever is written meanwhile. One use, one thread. */
final class PostgresReads {

    /** Packs of an hour take some 50 KB. */
    private static final int PACKS_AT_ONCE = 64;

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
        List<LevelRange> ranges = LevelRange.of(query);
        if (ranges.isEmpty()) {
            return;
        }
        String part = Sql.of("rollups of level") + " " + Sql.of("of sources");
        String sql = String.join(" UNION ALL ", Collections.nCopies(ranges.size(), part));
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            takeBinary(select);
            select.setFetchSize(PACKS_AT_ONCE);
            int parameter = 1;
            for (LevelRange range : ranges) {
                select.setInt(parameter++, range.level());
                Instants.set(select, parameter++, range.fromMicros());
                Instants.set(select, parameter++, range.toMicros());
                parameter = setScope(select, parameter, scopeAt(range.level(), query.scope()));
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visit(row, visitor);
                }
            }
        }
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

    /** Else the first few times the driver asks for text, in which a pack is twice as long. */
    private void takeBinary(PreparedStatement select) throws SQLException {
        if (connection.unwrap(PGConnection.class).getPrepareThreshold() != 0) {
            select.unwrap(PGStatement.class).setPrepareThreshold(-1);
        }
    }

    private void visit(ResultSet row, RollupVisitor visitor) throws SQLException {
        long window = Instants.micros(row, 2);
        List<SQLException> failures = new ArrayList<>(1);
        try {
            RollupPack.forEach(row.getBytes(3), (id, rollup) -> {
                Endpoint endpoint = endpoint(id, failures);
                if (endpoint != null) {
                    visitor.rollup(endpoint, window, rollup);
                }
            });
        } catch (RollupFormatException e) {
            unreadable.met(row.getLong(1), e);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private @Nullable Endpoint endpoint(int id, List<SQLException> failures) {
        try {
            return failures.isEmpty() ? names.endpoint(connection, id) : null;
        } catch (SQLException e) {
            failures.add(e);
            return null;
        }
    }

    RequestPage requests(RequestQuery query) throws SQLException {
        Endpoint endpoint = query.endpoint();
        String userId = query.userId();
        String service = query.scope().service();
        String instance = query.scope().instance();
        RequestKey after = query.after();
        boolean duration = query.minNanos() > 0 || query.maxNanos() < Long.MAX_VALUE;
        StringBuilder sql = new StringBuilder(Sql.of("requests"));
        append(sql, duration ? query : null, "of duration");
        append(sql, endpoint, "of endpoint");
        append(sql, userId, "of user");
        append(sql, service, "of service");
        append(sql, instance, "of instance");
        append(sql, after, "behind");
        append(sql, query, "newest first");
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            Instants.set(select, 1, query.range().fromMicros());
            Instants.set(select, 2, query.range().toMicros());
            select.setInt(3, query.minStatus());
            select.setInt(4, query.maxStatus());
            int parameter = 5;
            for (int form = 0; form < 2 && duration; form++) {
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
