package io.millisight.store.postgres;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.Scope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of {@code alert}. */
final class AlertRows {

    /** Code points of a subject: what an index holds of the widest. */
    private static final int SUBJECT = 600;

    private AlertRows() {}

    /**
     * Adds the alert unless another one silences it, in a transaction that its caller has begun. Of one subject a caller at a
     * time, whatever the process: by a lock that ends with the transaction.
     *
     * @return whether it is there now, also if it was before
     */
    static boolean insert(Connection connection, Names names, String schema, AlertRecord alert, long cooldownMicros)
            throws SQLException {
        String subject = subject(alert);
        try (PreparedStatement lock = connection.prepareStatement(Sql.of("lock subject"))) {
            lock.setString(1, "millisight alert " + schema + " " + subject);
            lock.execute();
        }
        long distance = Math.max(1, cooldownMicros);
        boolean silenced = false;
        try (PreparedStatement select = connection.prepareStatement(Sql.of("near alerts"))) {
            select.setString(1, subject);
            Instants.set(select, 2, alert.raisedAtMicros() - distance);
            Instants.set(select, 3, alert.raisedAtMicros() + distance);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (Instants.micros(row, 1) == alert.raisedAtMicros()
                            && row.getString(2).equals(StoredText.storable(alert.raisedBy()))) {
                        return true;
                    }
                    silenced = true;
                }
            }
        }
        if (!silenced) {
            add(connection, names, alert);
        }
        return !silenced;
    }

    private static void add(Connection connection, Names names, AlertRecord alert) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add alert"))) {
            try {
                set(insert, names, alert, alert.details());
                insert.executeUpdate();
            } catch (SQLException e) {
                if (!HealthRows.isOfText(e)) {
                    throw e;
                }
                connection.rollback(before);
                set(insert, names, alert, null);
                insert.executeUpdate();
            }
        }
    }

    private static void set(PreparedStatement insert, Names names, AlertRecord alert, @Nullable String details)
            throws SQLException {
        Endpoint endpoint = alert.endpoint();
        insert.setString(1, StoredText.storable(alert.service()));
        insert.setString(2, StoredText.storableOrNull(alert.instance()));
        insert.setString(3, subject(alert));
        Instants.set(insert, 4, alert.raisedAtMicros());
        insert.setString(5, StoredText.storable(alert.raisedBy()));
        if (endpoint == null) {
            insert.setNull(6, Types.INTEGER);
        } else {
            insert.setInt(6, names.endpoint(endpoint));
        }
        insert.setString(7, StoredText.storableOrNull(details));
        insert.setString(8, StoredText.storable(alert.details()));
    }

    private static String subject(AlertRecord alert) {
        return StoredText.cut(StoredText.storable(alert.subject()), SUBJECT);
    }

    static List<AlertRecord> read(Connection connection, TimeRange range, Scope scope, int limit) throws SQLException {
        List<AlertRecord> alerts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(Sql.of("alerts"))) {
            Instants.set(select, 1, range.fromMicros());
            Instants.set(select, 2, range.toMicros());
            int parameter = PostgresReads.setScope(select, 3, scope);
            select.setString(parameter, StoredText.storableOrNull(scope.instance()));
            select.setInt(parameter + 1, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    alerts.add(alert(row));
                }
            }
        }
        return alerts;
    }

    private static AlertRecord alert(ResultSet row) throws SQLException {
        String method = row.getString(6);
        return new AlertRecord(
                StoredText.restored(row.getString(1)),
                StoredText.restoredOrNull(row.getString(2)),
                StoredText.restored(row.getString(3)),
                Instants.micros(row, 4),
                StoredText.restored(row.getString(5)),
                method == null ? null : new Endpoint(method, StoredText.restored(row.getString(7))),
                StoredText.restored(row.getString(8)));
    }
}
