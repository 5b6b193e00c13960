package io.millisight.store.postgres;

import io.millisight.block.RequestBlock;
import io.millisight.block.RequestColumns;
import io.millisight.health.HealthStatus;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** What is in a SQLite database of ours, table by table as docs/format/sqlite.md has them: one state of it, read only. One thread. */
final class SqliteHistory implements AutoCloseable {

    /** Who observed. */
    record Source(String service, String instance) {}

    /** A block of requests, numbered from {@code firstSequence} on. */
    record Block(long firstSequence, Source source, RequestColumns requests) {}

    /** Receives packs. */
    @FunctionalInterface
    interface PackVisitor {

        /** Takes the pack of a source and window. */
        void pack(long windowMicros, int sourceId, byte[] data);
    }

    private final Connection connection;

    SqliteHistory(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        connection =
                config.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
        connection.setAutoCommit(false); // What is read is of one instant, from here to the end.
    }

    /** How far each journal was stored, by its id. */
    SortedMap<String, JournalCursor> cursors() throws SQLException {
        SortedMap<String, List<Long>> lanes = new TreeMap<>();
        query("SELECT journal_id, position FROM journal_cursor ORDER BY journal_id, lane", row -> lanes.computeIfAbsent(
                        row.getString(1), id -> new ArrayList<>())
                .add(row.getLong(2)));
        SortedMap<String, JournalCursor> cursors = new TreeMap<>();
        lanes.forEach((id, positions) -> cursors.put(
                id,
                JournalCursor.of(positions.stream().mapToLong(Long::longValue).toArray())));
        return cursors;
    }

    /** By their numbers: those in between are none. */
    List<@Nullable Endpoint> endpoints() throws SQLException {
        List<@Nullable Endpoint> endpoints = new ArrayList<>();
        query("SELECT endpoint_id, method, route FROM endpoint ORDER BY endpoint_id", row -> {
            while (endpoints.size() < row.getInt(1)) {
                endpoints.add(null);
            }
            endpoints.add(new Endpoint(row.getString(2), row.getString(3)));
        });
        return endpoints;
    }

    SortedMap<Integer, Source> sources() throws SQLException {
        SortedMap<Integer, Source> sources = new TreeMap<>();
        query(
                "SELECT source_id, service, instance FROM source",
                row -> sources.put(row.getInt(1), new Source(row.getString(2), row.getString(3))));
        return sources;
    }

    /** Requests from this number on. */
    long requests(long fromSequence) throws SQLException {
        long[] requests = {0};
        query(
                "SELECT SUM(first_sequence + requests - MAX(first_sequence, " + fromSequence + ")) FROM request_block"
                        + " WHERE level >= 0 AND first_sequence + requests > " + fromSequence,
                row -> requests[0] = row.getLong(1));
        return requests[0];
    }

    /** The block that holds this number, or the next that there is; null when there is none. */
    @Nullable Block block(long fromSequence) throws SQLException {
        List<Block> found = new ArrayList<>(1);
        query(
                "SELECT first_sequence, service, instance, data FROM request_block JOIN source USING (source_id)"
                        + " WHERE level >= 0 AND first_sequence + requests > " + fromSequence
                        + " ORDER BY first_sequence LIMIT 1",
                row -> found.add(new Block(
                        row.getLong(1),
                        new Source(row.getString(2), row.getString(3)),
                        RequestBlock.decode(row.getBytes(4)))));
        return found.isEmpty() ? null : found.get(0);
    }

    /** Where the first window of a level begins that begins here or later, counting what is not merged yet; null without one. */
    @Nullable Long firstWindow(int level, long fromMicros) throws SQLException {
        List<Long> first = new ArrayList<>(1);
        query(
                "SELECT MIN(window_start) FROM rollup WHERE level IN (0, " + level + ") AND window_start >= "
                        + fromMicros,
                row -> {
                    if (row.getObject(1) != null) {
                        first.add(row.getLong(1));
                    }
                });
        return first.isEmpty() ? null : first.get(0);
    }

    /** Visits what there is of a level in a range, and what is not merged into it yet: all of it counts. */
    void packs(int level, long fromMicros, long toMicros, PackVisitor visitor) throws SQLException {
        query(
                "SELECT window_start, source_id, data FROM rollup WHERE level IN (0, " + level
                        + ") AND window_start >= " + fromMicros + " AND window_start < " + toMicros,
                row -> visitor.pack(row.getLong(1), row.getInt(2), row.getBytes(3)));
    }

    List<HealthRecord> health() throws SQLException {
        List<HealthRecord> records = new ArrayList<>();
        query(
                """
                SELECT service, instance, service_name, status, checked_at, known_until, response_time_ns, message, details
                FROM service_health JOIN source USING (source_id) ORDER BY checked_at""",
                row -> records.add(new HealthRecord(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        HealthStatus.ofWord(row.getString(4)),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getString(8),
                        row.getString(9))));
        return records;
    }

    List<AlertRecord> alerts() throws SQLException {
        List<AlertRecord> alerts = new ArrayList<>();
        query(
                """
                SELECT service, instance, subject, raised_at, raised_by, method, route, details
                FROM alert LEFT JOIN endpoint USING (endpoint_id) ORDER BY raised_at""",
                row -> alerts.add(new AlertRecord(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getString(5),
                        row.getString(6) == null ? null : new Endpoint(row.getString(6), row.getString(7)),
                        row.getString(8))));
        return alerts;
    }

    @FunctionalInterface
    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void query(String sql, Row reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                reader.read(row);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        }
        connection.close();
    }
}
