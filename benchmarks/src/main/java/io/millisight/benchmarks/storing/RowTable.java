package io.millisight.benchmarks.storing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The specified table in SQLite, one row a request, with the pragmas of Millisight's own store. Where the specification
 * costs more than it must, the cheaper form is taken: the key is a number instead of a UUID, instants are numbers.
 */
final class RowTable implements AutoCloseable {

    private final Connection connection;
    private final PreparedStatement insert;

    RowTable(Path file, boolean index) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 8192");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("""
                    CREATE TABLE api_metrics (
                        metric_id INTEGER PRIMARY KEY,
                        endpoint VARCHAR(255) NOT NULL,
                        method VARCHAR(10) NOT NULL,
                        response_time_ms INT NOT NULL,
                        status_code INT NOT NULL,
                        user_id VARCHAR(255),
                        created_at INTEGER NOT NULL)""");
            if (index) {
                statement.execute("CREATE INDEX api_metrics_by_endpoint ON api_metrics (endpoint, created_at DESC)");
            }
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement(
                "INSERT INTO api_metrics (endpoint, method, response_time_ms, status_code, created_at)"
                        + " VALUES (?, ?, ?, ?, ?)");
    }

    /** Inserts the next requests in one transaction. */
    void insert(Traffic traffic, int requests) throws Exception {
        traffic.make(requests, (endpoint, completedAtMicros, durationNanos, status) -> {
            insert.setString(1, traffic.endpoint(endpoint).route());
            insert.setString(2, traffic.endpoint(endpoint).method());
            insert.setInt(3, (int) (durationNanos / 1_000_000));
            insert.setInt(4, status);
            insert.setLong(5, completedAtMicros);
            insert.addBatch();
        });
        insert.executeBatch();
        connection.commit();
    }

    /** Reads the newest requests for which the condition holds; how many there were. */
    int scan(String condition, int limit) throws SQLException {
        int found = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT * FROM api_metrics WHERE " + condition + " ORDER BY created_at DESC LIMIT " + limit)) {
            while (row.next()) {
                found++;
            }
        }
        return found;
    }

    /** Deletes what was completed before this, as retention would. */
    void deleteBefore(long micros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM api_metrics WHERE created_at < ?")) {
            delete.setLong(1, micros);
            delete.executeUpdate();
        }
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        connection.close();
    }
}
