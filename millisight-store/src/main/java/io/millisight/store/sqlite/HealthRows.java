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
                SELECT instance, service_name, status, checked_at, known_until, response_time_ns, message, details
                FROM service_health JOIN source USING (source_id)
                WHERE checked_at >= ? AND checked_at < ? AND known_until > ? AND service = ?
                AND (? IS NULL OR service_name = ?)
                ORDER BY checked_at, source_id, service_name""")) {
            select.setLong(1, query.earliestMicros());
            select.setLong(2, query.range().toMicros());
            select.setLong(3, query.range().fromMicros());
            select.setString(4, Names.storable(query.service()));
            select.setString(5, query.check());
            select.setString(6, query.check());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visitor.accept(new HealthRecord(
                            query.service(),
                            row.getString(1),
                            row.getString(2),
                            HealthStatus.ofWord(row.getString(3)),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6),
                            row.getString(7),
                            row.getString(8)));
                }
            }
        }
    }
}
