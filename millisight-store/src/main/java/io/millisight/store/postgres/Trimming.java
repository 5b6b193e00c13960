package io.millisight.store.postgres;

import io.millisight.rollup.TimeRange;
import io.millisight.store.LevelRange;
import io.millisight.store.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/**
 * Deletes what retention has ended, a little a step, in a transaction that the caller has begun. One instance at a time; the others
 * find nothing to do.
 *
 * <p>Requests go by whole days: a dropped partition costs nothing, whatever it held. Only where they are kept for less than
 * a day are rows deleted.
 */
final class Trimming {

    private static final int REQUESTS_A_STEP = 5_000;
    private static final int ROWS_A_STEP = 1_000;

    /** A drop needs the table for itself. While it waits for a long query, all others wait behind it: not for long. */
    private static final int DROP_WAIT_MILLIS = 300;

    private static final Duration DAY = Duration.ofDays(1);

    private final Connection connection;
    private final Retention retention;

    Trimming(Connection connection, Retention retention) {
        this.connection = connection;
        this.retention = retention;
    }

    /** Deletes some rows of one kind; whether there were any. */
    boolean trimRows(String schema, long nowMicros) throws SQLException {
        return mayTrim(schema)
                && (trimRequests(nowMicros)
                        || trimRollups(LevelRange.MINUTE, nowMicros - micros(retention.minutes()) - TimeRange.MINUTE)
                        || trimRollups(LevelRange.HOUR, nowMicros - micros(retention.hours()) - TimeRange.HOUR)
                        || trimRollups(Merging.UNREADABLE, nowMicros - micros(retention.minutes()) - TimeRange.HOUR)
                        || trimOlder("trim health", nowMicros - micros(retention.health()))
                        || trimOlder("trim alerts", nowMicros - micros(retention.health()))
                        || trimInstances(nowMicros - micros(retention.health())));
    }

    private boolean mayTrim(String schema) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(Sql.of("may trim"))) {
            lock.setString(1, "millisight trim " + schema);
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Drops the oldest day if all of it has ended, or if there are too many bytes; never today or later. Whether it did. */
    boolean dropDay(String schema, long nowMicros) throws SQLException {
        if (!mayTrim(schema)) {
            return false;
        }
        List<Partitions.Partition> partitions = Partitions.read(connection);
        if (partitions.isEmpty()) {
            return false;
        }
        LocalDate oldest = partitions.get(0).day();
        long bytes = partitions.stream().mapToLong(Partitions.Partition::bytes).sum();
        boolean hasEnded = Instants.micros(oldest.plusDays(1)) <= nowMicros - micros(retention.requests());
        boolean isPast = oldest.isBefore(Instants.day(nowMicros));
        if (!hasEnded && !(isPast && bytes > retention.requestBytes())) {
            return false;
        }
        Session.setLockTimeout(connection, DROP_WAIT_MILLIS);
        Partitions.drop(connection, oldest);
        return true;
    }

    private boolean trimRequests(long nowMicros) throws SQLException {
        if (retention.requests().compareTo(DAY) >= 0) {
            return false;
        }
        try (PreparedStatement trim = connection.prepareStatement(Sql.of("trim requests"))) {
            Instants.set(trim, 1, nowMicros - micros(retention.requests()));
            trim.setInt(2, REQUESTS_A_STEP);
            try (ResultSet row = trim.executeQuery()) {
                row.next();
                return row.getInt(1) > 0;
            }
        }
    }

    private boolean trimRollups(int level, long endMicros) throws SQLException {
        try (PreparedStatement trim = connection.prepareStatement(Sql.of("trim rollups"))) {
            trim.setInt(1, level);
            Instants.set(trim, 2, endMicros);
            trim.setInt(3, ROWS_A_STEP);
            return trim.executeUpdate() > 0;
        }
    }

    /** Of these there are never many. */
    private boolean trimInstances(long endMicros) throws SQLException {
        try (PreparedStatement trim = connection.prepareStatement(Sql.of("trim instances"))) {
            Instants.set(trim, 1, endMicros);
            return trim.executeUpdate() > 0;
        }
    }

    private boolean trimOlder(String statement, long endMicros) throws SQLException {
        try (PreparedStatement trim = connection.prepareStatement(Sql.of(statement))) {
            Instants.set(trim, 1, endMicros);
            trim.setInt(2, ROWS_A_STEP);
            return trim.executeUpdate() > 0;
        }
    }

    private static long micros(Duration duration) {
        return duration.toSeconds() * 1_000_000L + duration.toNanosPart() / 1_000;
    }
}
