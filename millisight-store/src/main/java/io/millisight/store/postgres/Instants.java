package io.millisight.store.postgres;

import io.millisight.rollup.TimeRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Instants of ours, microseconds since 1970, as those of PostgreSQL, which are exact to the microsecond too. */
final class Instants {

    static final long DAY = 24 * 3_600_000_000L;

    /** 0001-01-01: nothing was stored before, and some ask for it. */
    private static final long EARLIEST = -62_135_596_800_000_000L;

    /** 9999-12-30T23:59:59.999999: its partition ends in a year of four digits. */
    private static final long LATEST_STORED = 253_402_214_399_999_999L;

    private Instants() {}

    /** The nearest instant that a request can be stored under: 1970 to 9999, whatever a broken clock says. */
    static long storable(long micros) {
        return Math.max(0, Math.min(micros, LATEST_STORED));
    }

    static LocalDate day(long micros) {
        return LocalDate.ofEpochDay(Math.floorDiv(micros, DAY));
    }

    static long micros(LocalDate day) {
        return day.toEpochDay() * DAY;
    }

    static void set(PreparedStatement statement, int parameter, long micros) throws SQLException {
        long within = Math.max(EARLIEST, micros);
        statement.setObject(parameter, OffsetDateTime.ofInstant(TimeRange.instant(within), ZoneOffset.UTC));
    }

    /** As SQL has it in its text. A year of more than four digits has a sign in Java alone. */
    static String literal(long micros) {
        String text = TimeRange.instant(Math.max(EARLIEST, micros)).toString();
        return "'" + (text.startsWith("+") ? text.substring(1) : text) + "'";
    }

    static long micros(ResultSet row, int column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? 0 : at.toEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    }
}
