package io.millisight.store.sqlite;

import io.millisight.store.InstanceRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of {@code instance}. */
final class InstanceRows {

    private InstanceRows() {}

    /** Replaces what is there of the instance, in a transaction that its caller has begun. */
    static void put(Connection connection, Names.Lookup names, InstanceRecord record) throws SQLException {
        Map<String, Long> dropped = record.dropped();
        String object = "json_object(" + String.join(", ", Collections.nCopies(dropped.size(), "?, ?")) + ")";
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT OR REPLACE INTO instance
                (source_id, version, started_at, seen_at, ended, seen, stored, pending, dropped)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?,""" + " " + object + ")")) {
            upsert.setInt(1, names.source(record.service(), record.instance()));
            upsert.setString(2, Names.storable(record.version()));
            upsert.setLong(3, record.startedAtMicros());
            upsert.setLong(4, record.seenAtMicros());
            upsert.setBoolean(5, record.ended());
            upsert.setLong(6, record.seen());
            upsert.setLong(7, record.stored());
            upsert.setLong(8, record.pending());
            int parameter = 9;
            for (Map.Entry<String, Long> entry : dropped.entrySet()) {
                upsert.setString(parameter++, entry.getKey());
                upsert.setLong(parameter++, entry.getValue());
            }
            upsert.executeUpdate();
        }
    }

    static List<InstanceRecord> read(Connection connection) throws SQLException {
        Map<Integer, Map<String, Long>> dropped = new HashMap<>();
        Map<Integer, InstanceRecord> records = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT source_id, service, instance, version, started_at, seen_at, ended, seen, stored, pending,
                            reason.key, reason.value
                        FROM instance JOIN source USING (source_id) LEFT JOIN json_each(dropped) AS reason
                        ORDER BY service, instance""")) {
            while (row.next()) {
                int source = row.getInt(1);
                Map<String, Long> counts = dropped.computeIfAbsent(source, added -> new HashMap<>());
                if (row.getString(11) != null) {
                    counts.put(row.getString(11), row.getLong(12));
                }
                records.put(source, record(row, counts)); // The last row of a source has all of its counts.
            }
        }
        return List.copyOf(records.values());
    }

    private static InstanceRecord record(ResultSet row, Map<String, Long> dropped) throws SQLException {
        return new InstanceRecord(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getLong(6),
                row.getBoolean(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                dropped);
    }
}
