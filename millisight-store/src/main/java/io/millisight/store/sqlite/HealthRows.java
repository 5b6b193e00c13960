package io.millisight.store.sqlite;

import io.millisight.health.HealthStatus;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** The rows of {@code service_health}. */
final class HealthRows {

    private HealthRows() {}

    /** Adds those that are not there yet, in a transaction that its caller has begun. */
    static void insert(Connection connection, Names.Lookup names, List<HealthRecord> records) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO service_health
                (checked_at, source_id, service_name, status, known_until, response_time_ns, message, details)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")) {
            for (HealthRecord record : records) {
                String message = record.message();
                insert.setLong(1, record.checkedAtMicros());
                insert.setInt(2, names.source(record.service(), record.instance()));
                insert.setString(3, record.check());
                insert.setString(4, record.status().word());
                insert.setLong(5, record.knownUntilMicros());
                insert.setLong(6, record.responseTimeNanos());
                insert.setString(7, message == null ? null : Names.storable(message));
                insert.setString(8, record.details());
                insert.executeUpdate();
            }
        }
    }

    static void read(Connection connection, HealthQuery query, Consumer<HealthRecord> visitor) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT service, instance, service_name, status, checked_at, known_until, response_time_ns, message, details
                FROM service_health JOIN source USING (source_id)
                WHERE (?1 IS NULL OR service = ?1) AND (?2 IS NULL OR instance = ?2)
                AND (?3 IS NULL OR service_name = ?3)
                AND checked_at >= ?4 AND checked_at < ?5 AND known_until > ?6
                ORDER BY checked_at, source_id, service_name""")) {
            SqliteReads.setScope(select, query.scope());
            select.setString(3, query.check());
            select.setLong(4, query.earliestMicros());
            select.setLong(5, query.range().toMicros());
            select.setLong(6, query.range().fromMicros());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visitor.accept(new HealthRecord(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            HealthStatus.ofWord(row.getString(4)),
                            row.getLong(5),
                            row.getLong(6),
                            row.getLong(7),
                            row.getString(8),
                            row.getString(9)));
                }
            }
        }
    }
}
