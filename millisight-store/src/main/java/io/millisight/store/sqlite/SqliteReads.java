package io.millisight.store.sqlite;

import io.millisight.block.BlockFormatException;
import io.millisight.block.RequestFilter;
import io.millisight.rollup.RollupFormatException;
import io.millisight.rollup.RollupPack;
import io.millisight.store.LevelRange;
import io.millisight.store.PageCollector;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.StatusCounts;
import io.millisight.store.StoreStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The queries. Each is one statement, and so sees one state of the store whatever is written meanwhile. Thread-safe. */
final class SqliteReads {

    /** Scope, as parameters 1 and 2, is looked up once in a query. */
    private static final String OF_SCOPE = """
            WITH wanted AS MATERIALIZED (SELECT source_id FROM source
            WHERE (?1 IS NULL OR service = ?1) AND (?2 IS NULL OR instance = ?2))
            """;

    private static final String OF_LEVEL = """
            SELECT rollup_id, window_start, data FROM rollup
            WHERE level = ? AND window_start >= ? AND window_start < ? AND source_id IN (SELECT source_id FROM wanted)
            """;

    private final Names names;
    private final Unreadable unreadable;

    SqliteReads(Names names, Unreadable unreadable) {
        this.names = names;
        this.unreadable = unreadable;
    }

    void rollups(Connection connection, RollupQuery query, RollupVisitor visitor) throws SQLException {
        List<LevelRange> ranges = LevelRange.of(query);
        if (ranges.isEmpty()) {
            return;
        }
        String sql = OF_SCOPE + String.join(" UNION ALL ", Collections.nCopies(ranges.size(), OF_LEVEL));
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            setScope(select, query.scope());
            int parameter = 3;
            for (LevelRange range : ranges) {
                select.setInt(parameter++, range.level());
                select.setLong(parameter++, range.fromMicros());
                select.setLong(parameter++, range.toMicros());
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visit(connection, row, visitor);
                }
            }
        }
    }

    private void visit(Connection connection, ResultSet row, RollupVisitor visitor) throws SQLException {
        long windowStart = row.getLong(2);
        try {
            RollupPack.forEach(
                    row.getBytes(3),
                    (id, rollup) -> visitor.rollup(names.endpoint(connection, id), windowStart, rollup));
        } catch (RollupFormatException e) {
            unreadable.met("rollup " + row.getLong(1), e);
        }
    }

    RequestPage requests(Connection connection, RequestQuery query) throws SQLException {
        Integer endpointId = endpointId(connection, query);
        if (endpointId == null) {
            return new RequestPage(List.of(), null);
        }
        PageCollector page = new PageCollector(query, endpointId, id -> names.endpoint(connection, id));
        blocks(connection, query.scope(), page.fromMicros(), page.toMicros(), block -> {
            boolean more = !page.isFullBefore(block.getLong(3));
            if (more) {
                scan(block, page);
            }
            return more;
        });
        return page.page();
    }

    SortedMap<Integer, Long> statuses(Connection connection, RequestQuery query) throws SQLException {
        Integer endpointId = endpointId(connection, query);
        if (endpointId == null) {
            return new TreeMap<>();
        }
        StatusCounts counts = new StatusCounts(query, endpointId);
        blocks(
                connection,
                query.scope(),
                query.range().fromMicros(),
                query.range().toMicros(),
                block -> {
                    try {
                        counts.scan(block.getBytes(4));
                    } catch (BlockFormatException e) {
                        unreadable.met("request block " + block.getLong(1), e);
                    }
                    return true;
                });
        return counts.counts();
    }

    /** The number of the query's endpoint, any where it has none; null when no request can match. */
    private @Nullable Integer endpointId(Connection connection, RequestQuery query) throws SQLException {
        return query.endpoint() == null
                ? Integer.valueOf(RequestFilter.ANY_ENDPOINT)
                : names.endpointId(connection, query.endpoint());
    }

    @FunctionalInterface
    private interface BlockVisitor {
        /** Takes first_sequence, first_at, last_at, data, service, instance; says whether to go on. */
        boolean takes(ResultSet block) throws SQLException;
    }

    /** Visits blocks that overlap the range, the latest ending first. */
    private static void blocks(Connection connection, Scope scope, long fromMicros, long toMicros, BlockVisitor visitor)
            throws SQLException {
        // CROSS JOIN keeps the order: blocks by time, and of each the source.
        try (PreparedStatement select = connection.prepareStatement(OF_SCOPE + """
                SELECT first_sequence, first_at, last_at, data, service, instance
                FROM request_block CROSS JOIN source USING (source_id)
                WHERE last_at >= ? AND first_at < ? AND level >= 0 AND source_id IN (SELECT source_id FROM wanted)
                ORDER BY last_at DESC""")) {
            setScope(select, scope);
            select.setLong(3, fromMicros);
            select.setLong(4, toMicros);
            try (ResultSet block = select.executeQuery()) {
                while (block.next() && visitor.takes(block)) {}
            }
        }
    }

    private void scan(ResultSet block, PageCollector page) throws SQLException {
        try {
            page.scan(block.getString(5), block.getString(6), block.getLong(1), block.getBytes(4));
        } catch (BlockFormatException e) {
            unreadable.met("request block " + block.getLong(1), e);
        }
    }

    /** Sets the first two parameters of a query: service and instance, each null for all. */
    static void setScope(PreparedStatement select, Scope scope) throws SQLException {
        select.setString(1, Names.storableOrNull(scope.service()));
        select.setString(2, Names.storableOrNull(scope.instance()));
    }

    StoreStatus status(Connection connection, String description, long bytes) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SUM(requests), MIN(first_at) FROM request_block")) {
            row.next();
            return new StoreStatus(description, row.getLong(1), bytes, row.getLong(2));
        }
    }
}
