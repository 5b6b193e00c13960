package io.millisight.store.postgres;

import io.millisight.health.HealthStatus;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of {@code service_health}. */
final class HealthRows {

    /** Width of {@code service_name}. */
    private static final int NAME = 100;

    private HealthRows() {}

    /** Adds those that are not there yet, in a transaction that its caller has begun. */
    static void insert(Connection connection, List<HealthRecord> records) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add health"))) {
            try {
                for (HealthRecord record : records) {
                    set(insert, record, record.details());
                    insert.addBatch();
                }
                insert.executeBatch();
            } catch (SQLException e) {
                if (!isOfText(e)) {
                    throw e;
                }
                connection.rollback(before);
                insertOneByOne(connection, insert, records);
            }
        }
    }

    /** One of them has details that JSONB has no place for, as NUL: only that one goes without. */
    private static void insertOneByOne(Connection connection, PreparedStatement insert, List<HealthRecord> records)
            throws SQLException {
        insert.clearBatch();
        for (HealthRecord record : records) {
            Savepoint before = connection.setSavepoint();
            set(insert, record, record.details());
            try {
                insert.executeUpdate();
            } catch (SQLException e) {
                if (!isOfText(e)) {
                    throw e;
                }
                connection.rollback(before);
                set(insert, record, null);
                insert.executeUpdate();
            }
        }
    }

    /** Class 22, data exception. */
    static boolean isOfText(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("22");
    }

    private static void set(PreparedStatement insert, HealthRecord record, @Nullable String details)
            throws SQLException {
        insert.setObject(1, id(record));
        insert.setString(2, name(record.check()));
        insert.setString(3, record.status().word());
        insert.setString(4, StoredText.storableOrNull(details));
        Instants.set(insert, 5, record.checkedAtMicros());
        insert.setString(6, StoredText.storable(record.service()));
        insert.setString(7, StoredText.storable(record.instance()));
        Instants.set(insert, 8, record.knownUntilMicros());
        insert.setLong(9, record.responseTimeNanos());
        insert.setString(10, StoredText.storableOrNull(record.message()));
        insert.setString(11, StoredText.storable(record.details()));
    }

    private static UUID id(HealthRecord record) {
        byte[] names = StoredText.sha256(StoredText.storable(record.service())
                + "\0" + StoredText.storable(record.instance())
                + "\0" + StoredText.storable(record.check()));
        return new UUID(
                TimeIds.high(Instants.storable(record.checkedAtMicros())),
                TimeIds.low(ByteBuffer.wrap(names).getLong()));
    }

    private static String name(String check) {
        return StoredText.cut(StoredText.storable(check), NAME);
    }

    static void read(Connection connection, HealthQuery query, Consumer<HealthRecord> visitor) throws SQLException {
        String check = query.check() == null ? null : name(query.check());
        try (PreparedStatement select = connection.prepareStatement(Sql.of("health"))) {
            Instants.set(select, 1, query.earliestMicros());
            Instants.set(select, 2, query.range().toMicros());
            Instants.set(select, 3, query.range().fromMicros());
            PostgresReads.setScope(select, 4, query.scope());
            select.setString(6, check);
            select.setFetchSize(1_000);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    visitor.accept(record(row));
                }
            }
        }
    }

    private static HealthRecord record(ResultSet row) throws SQLException {
        return new HealthRecord(
                StoredText.restored(row.getString(1)),
                StoredText.restored(row.getString(2)),
                StoredText.restored(row.getString(3)),
                HealthStatus.ofWord(row.getString(4)),
                Instants.micros(row, 5),
                Instants.micros(row, 6),
                row.getLong(7),
                StoredText.restoredOrNull(row.getString(8)),
                StoredText.restored(row.getString(9)));
    }
}
