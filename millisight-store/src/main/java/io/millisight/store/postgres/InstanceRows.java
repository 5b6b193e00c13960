package io.millisight.store.postgres;

import io.millisight.store.InstanceRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of {@code instance}. */
final class InstanceRows {

    private InstanceRows() {}

    /** Replaces what is there of the instance, in a transaction that its caller has begun. */
    static void put(Connection connection, Names names, InstanceRecord record) throws SQLException {
        List<String> reasons = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        record.dropped().forEach((reason, count) -> {
            reasons.add(StoredText.storable(reason));
            counts.add(count);
        });
        try (PreparedStatement upsert = connection.prepareStatement(Sql.of("put instance"))) {
            upsert.setInt(1, names.source(record.service(), record.instance()));
            upsert.setString(2, StoredText.storable(record.version()));
            Instants.set(upsert, 3, record.startedAtMicros());
            Instants.set(upsert, 4, record.seenAtMicros());
            upsert.setBoolean(5, record.ended());
            upsert.setLong(6, record.seen());
            upsert.setLong(7, record.stored());
            upsert.setLong(8, record.pending());
            upsert.setArray(9, connection.createArrayOf("text", reasons.toArray()));
            upsert.setArray(10, connection.createArrayOf("bigint", counts.toArray()));
            upsert.executeUpdate();
        }
    }

    static List<InstanceRecord> read(Connection connection) throws SQLException {
        List<InstanceRecord> records = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(Sql.of("instances"));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                records.add(record(row));
            }
        }
        return records;
    }

    private static InstanceRecord record(ResultSet row) throws SQLException {
        String[] reasons = (String[]) row.getArray(10).getArray();
        Long[] counts = (Long[]) row.getArray(11).getArray();
        Map<String, Long> dropped = new HashMap<>();
        for (int reason = 0; reason < reasons.length; reason++) {
            dropped.put(StoredText.restored(reasons[reason]), counts[reason]);
        }
        return new InstanceRecord(
                StoredText.restored(row.getString(1)),
                StoredText.restored(row.getString(2)),
                StoredText.restored(row.getString(3)),
                Instants.micros(row, 4),
                Instants.micros(row, 5),
                row.getBoolean(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                dropped);
    }
}
