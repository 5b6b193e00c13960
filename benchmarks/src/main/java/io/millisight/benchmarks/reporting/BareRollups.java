package io.millisight.benchmarks.reporting;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What a report cannot go below: as many rollups as it reads at most, by one bare SELECT, and nothing made of them. */
final class BareRollups implements AutoCloseable {

    /** A report reads whole hours, and the first and the last one by minutes. */
    private static final String SELECT = """
            WITH wanted AS (SELECT source_id FROM source WHERE instance = ?)
            SELECT data FROM rollup WHERE level = 2 AND source_id IN (SELECT source_id FROM wanted)
            UNION ALL SELECT data FROM (
                SELECT data FROM rollup WHERE level = 1 AND source_id IN (SELECT source_id FROM wanted)
                ORDER BY window_start DESC LIMIT 120) AS minutes""";

    private final Connection connection;
    private final PreparedStatement select;

    /** Of this instance; empty: of a whole service, where the store adds that up. */
    BareRollups(String url, String instance) throws SQLException {
        connection = DriverManager.getConnection(url);
        select = connection.prepareStatement(SELECT);
        select.setString(1, instance);
    }

    /** Reads those of so many hours at least. */
    void read(int hours) throws SQLException {
        int windows = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                windows += row.getBytes(1).length > 0 ? 1 : 0;
            }
        }
        if (windows < hours) {
            throw new IllegalStateException("rollups of " + windows + " windows, too few for " + hours + " hours");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
