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
import io.millisight.store.StoreStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;

/** The queries. Each is one statement, and so sees one state of the store whatever is written meanwhile. Thread-safe. */
final class SqliteReads {

    private static final String OF_LEVEL =
            "SELECT rollup_id, window_start, data FROM rollup WHERE level = ? AND window_start >= ? AND window_start < ?";

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
        String sql = String.join(" UNION ALL ", Collections.nCopies(ranges.size(), OF_LEVEL));
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int parameter = 1;
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
        int endpointId = RequestFilter.ANY_ENDPOINT;
        if (query.endpoint() != null) {
            Integer known = names.endpointId(connection, query.endpoint());
            if (known == null) {
                return new RequestPage(List.of(), null);
            }
            endpointId = known;
        }
        PageCollector page = new PageCollector(query, endpointId, id -> names.endpoint(connection, id));
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT first_sequence, first_at, last_at, data FROM request_block
                WHERE last_at >= ? AND first_at < ? AND level >= 0 ORDER BY last_at DESC""")) {
            select.setLong(1, page.fromMicros());
            select.setLong(2, page.toMicros());
            try (ResultSet block = select.executeQuery()) {
                while (block.next() && !page.isFullBefore(block.getLong(3))) {
                    scan(block, page);
                }
            }
        }
        return page.page();
    }

    private void scan(ResultSet block, PageCollector page) throws SQLException {
        try {
            page.scan(block.getLong(1), block.getBytes(4));
        } catch (BlockFormatException e) {
            unreadable.met("request block " + block.getLong(1), e);
        }
    }

    StoreStatus status(Connection connection, String description, long bytes) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SUM(requests), MIN(first_at) FROM request_block")) {
            row.next();
            return new StoreStatus(description, row.getLong(1), bytes, row.getLong(2));
        }
    }
}
