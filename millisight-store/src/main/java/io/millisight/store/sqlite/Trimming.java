package io.millisight.store.sqlite;

import io.millisight.rollup.TimeRange;
import io.millisight.store.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Deletes what retention has ended, and gives disk space back, a little a step. One thread. */
final class Trimming {

    private static final int BLOCKS_A_STEP = 8;
    private static final int PACKS_A_STEP = 64;
    private static final int HEALTH_ROWS_A_STEP = 1_000;
    private static final int PAGES_A_STEP = 256;

    private final Connection connection;
    private final Retention retention;

    Trimming(Connection connection, Retention retention) {
        this.connection = connection;
        this.retention = retention;
    }

    /** Deletes a few rows, inside a transaction that the caller has begun; returns how many. */
    int trim(long nowMicros) throws SQLException {
        int trimmed = trimBlocksByAge(nowMicros - micros(retention.requests()));
        if (trimmed == 0) {
            trimmed = trimBlocksBySize();
        }
        if (trimmed == 0) {
            trimmed = trimPacks(1, nowMicros - micros(retention.minutes()) - TimeRange.MINUTE);
        }
        if (trimmed == 0) {
            trimmed = trimPacks(2, nowMicros - micros(retention.hours()) - TimeRange.HOUR);
        }
        if (trimmed == 0) {
            trimmed = trimPacks(-1, nowMicros - micros(retention.minutes()) - TimeRange.HOUR);
        }
        if (trimmed == 0) {
            trimmed = trimHealth(nowMicros - micros(retention.health()));
        }
        if (trimmed == 0) {
            trimmed = trimFew("DELETE FROM instance WHERE seen_at < ?", nowMicros - micros(retention.health()));
        }
        if (trimmed == 0) {
            trimmed = trimFew("DELETE FROM alert WHERE raised_at < ?", nowMicros - micros(retention.health()));
        }
        return trimmed;
    }

    /** Of these there are never many. */
    private int trimFew(String sql, long endMicros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setLong(1, endMicros);
            return delete.executeUpdate();
        }
    }

    private int trimHealth(long endMicros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM service_health WHERE (checked_at, source_id, service_name) IN
                (SELECT checked_at, source_id, service_name FROM service_health WHERE checked_at < ?
                ORDER BY checked_at LIMIT ?)""")) {
            delete.setLong(1, endMicros);
            delete.setInt(2, HEALTH_ROWS_A_STEP);
            return delete.executeUpdate();
        }
    }

    /**
     * The begin of the 60th of the newest minutes that something is stored of, not counting what lies ahead; of the
     * oldest, when there are fewer. Whichever levels retention has left are looked at: they take each other's place.
     */
    static long vouchedMicros(Connection connection, long nowMicros) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT MIN(minute) FROM (
                    SELECT minute FROM (SELECT DISTINCT window_start AS minute FROM rollup
                        WHERE level = 0 AND window_start <= ?1 ORDER BY window_start DESC LIMIT 60)
                    UNION SELECT minute FROM (SELECT DISTINCT window_start AS minute FROM rollup
                        WHERE level = 1 AND window_start <= ?1 ORDER BY window_start DESC LIMIT 60)
                    UNION SELECT minute FROM (SELECT DISTINCT window_start AS minute FROM rollup
                        WHERE level = 2 AND window_start <= ?1 ORDER BY window_start DESC LIMIT 60)
                    UNION SELECT minute FROM (SELECT last_at - last_at % 60000000 AS minute FROM request_block
                        WHERE last_at <= ?1 ORDER BY last_at DESC LIMIT 60)
                    UNION SELECT minute FROM (SELECT checked_at - checked_at % 60000000 AS minute FROM service_health
                        WHERE checked_at <= ?1 ORDER BY checked_at DESC LIMIT 600)
                    ORDER BY minute DESC LIMIT 60)""")) {
            select.setLong(1, nowMicros);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long vouched = row.getLong(1);
                return row.wasNull() ? nowMicros : vouched;
            }
        }
    }

    private int trimBlocksByAge(long endMicros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM request_block WHERE first_sequence IN
                (SELECT first_sequence FROM request_block WHERE last_at < ? ORDER BY last_at LIMIT ?)""")) {
            delete.setLong(1, endMicros);
            delete.setInt(2, BLOCKS_A_STEP);
            return delete.executeUpdate();
        }
    }

    /** Deletes the oldest blocks while there are too many bytes, never more than needed. */
    private int trimBlocksBySize() throws SQLException {
        long excess = Connections.number(connection, "SELECT SUM(bytes) FROM request_block") - retention.requestBytes();
        int trimmed = 0;
        while (excess > 0 && trimmed < BLOCKS_A_STEP) {
            try (Statement statement = connection.createStatement();
                    ResultSet deleted = statement.executeQuery("""
                            DELETE FROM request_block WHERE first_sequence =
                            (SELECT first_sequence FROM request_block ORDER BY last_at LIMIT 1) RETURNING bytes""")) {
                if (!deleted.next()) {
                    return trimmed;
                }
                excess -= deleted.getLong(1);
                trimmed++;
            }
        }
        return trimmed;
    }

    private int trimPacks(int level, long endMicros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM rollup WHERE rollup_id IN
                (SELECT rollup_id FROM rollup WHERE level = ? AND window_start <= ? ORDER BY window_start LIMIT ?)""")) {
            delete.setInt(1, level);
            delete.setLong(2, endMicros);
            delete.setInt(3, PACKS_A_STEP);
            return delete.executeUpdate();
        }
    }

    /**
     * Gives some free pages back to the file system; outside a transaction. A little slack is kept, as the next flushes
     * would take the pages again.
     *
     * @return whether there were any to give back
     */
    boolean giveSpaceBack() throws SQLException {
        long free = Connections.number(connection, "PRAGMA freelist_count");
        long slack = Math.max(PAGES_A_STEP, Connections.number(connection, "PRAGMA page_count") / 16);
        if (free <= slack) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            // Frees a page a step. executeUpdate goes through all steps, execute would end after the first.
            statement.executeUpdate("PRAGMA incremental_vacuum(" + Math.min(PAGES_A_STEP, free - slack) + ")");
        }
        return true;
    }

    private static long micros(Duration duration) {
        return duration.toSeconds() * 1_000_000L + duration.toNanosPart() / 1_000;
    }
}
