package io.millisight.store.sqlite;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.Scope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** The rows of {@code alert}. */
final class AlertRows {

    private AlertRows() {}

    /**
     * Adds the alert unless another one silences it, in a transaction that its caller has begun: whoever holds SQLite's write
     * lock is alone.
     *
     * @return whether it is there now, also if it was before
     */
    static boolean insert(Connection connection, Names.Lookup names, AlertRecord alert, long cooldownMicros)
            throws SQLException {
        String subject = Names.storable(alert.subject());
        String raisedBy = Names.storable(alert.raisedBy());
        long distance = Math.max(1, cooldownMicros);
        boolean silenced = false;
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT raised_at, raised_by FROM alert WHERE subject = ? AND raised_at > ? AND raised_at < ?")) {
            select.setString(1, subject);
            select.setLong(2, alert.raisedAtMicros() - distance);
            select.setLong(3, alert.raisedAtMicros() + distance);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (row.getLong(1) == alert.raisedAtMicros()
                            && row.getString(2).equals(raisedBy)) {
                        return true;
                    }
                    silenced = true;
                }
            }
        }
        if (silenced) {
            return false;
        }
        Endpoint endpoint = alert.endpoint();
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO alert (service, instance, subject, raised_at, raised_by, endpoint_id, details)
                VALUES (?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, Names.storable(alert.service()));
            insert.setString(2, Names.storableOrNull(alert.instance()));
            insert.setString(3, subject);
            insert.setLong(4, alert.raisedAtMicros());
            insert.setString(5, raisedBy);
            if (endpoint == null) {
                insert.setNull(6, Types.INTEGER);
            } else {
                insert.setInt(6, names.endpoint(endpoint));
            }
            insert.setString(7, alert.details());
            insert.executeUpdate();
        }
        return true;
    }

    static List<AlertRecord> read(Connection connection, TimeRange range, Scope scope, int limit) throws SQLException {
        List<AlertRecord> alerts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT service, instance, subject, raised_at, raised_by, method, route, details
                FROM alert LEFT JOIN endpoint USING (endpoint_id)
                WHERE (?1 IS NULL OR service = ?1) AND (?2 IS NULL OR instance = ?2)
                AND raised_at >= ?3 AND raised_at < ?4
                ORDER BY raised_at DESC, subject LIMIT ?5""")) {
            SqliteReads.setScope(select, scope);
            select.setLong(3, range.fromMicros());
            select.setLong(4, range.toMicros());
            select.setInt(5, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String method = row.getString(6);
                    alerts.add(new AlertRecord(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getLong(4),
                            row.getString(5),
                            method == null ? null : new Endpoint(method, row.getString(7)),
                            row.getString(8)));
                }
            }
        }
        return alerts;
    }
}
