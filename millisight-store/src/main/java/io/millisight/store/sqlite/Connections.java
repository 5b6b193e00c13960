package io.millisight.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/** Opens connections to one file, with the pragmas that docs/format/sqlite.md explains. */
final class Connections {

    /** Work on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Where connections come from: {@link #FROM_SQLITE}, or from there through a test's faults. */
    @FunctionalInterface
    interface Source {
        Connection open(Path file, boolean readOnly) throws SQLException;
    }

    /** As they are in production. */
    static final Source FROM_SQLITE = Connections::connect;

    private static final int BUSY_TIMEOUT_MILLIS = 2_000;

    private Connections() {}

    /**
     * The connection that writes. Page size and vacuum mode take effect in a new file only, and only before the journal
     * mode has written its first page: hence the order.
     */
    static Connection writer(Source source, Path file) throws SQLException {
        return configured(
                source.open(file, false),
                "PRAGMA page_size = 8192",
                "PRAGMA auto_vacuum = INCREMENTAL",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = NORMAL",
                "PRAGMA wal_autocheckpoint = 0",
                "PRAGMA journal_size_limit = 1048576",
                "PRAGMA cache_size = -512");
    }

    /** A connection that reads: it cannot write, and never checkpoints. */
    static Connection reader(Source source, Path file) throws SQLException {
        return configured(source.open(file, true), "PRAGMA cache_size = -512");
    }

    /**
     * A connection whose presence keeps SQLite from a checkpoint when the writer is closed, as it is not the last then; and
     * which, as it cannot write, does none itself. Null when the file cannot be opened.
     */
    static @Nullable Connection guard(Source source, Path file, Throwable reason) {
        try {
            Connection guard = source.open(file, true);
            try {
                number(guard, "SELECT count(*) FROM sqlite_schema");
            } catch (SQLException e) {
                reason.addSuppressed(e); // What counts is the lock that the attempt has taken.
            }
            return guard;
        } catch (SQLException e) {
            reason.addSuppressed(e);
            return null;
        }
    }

    private static Connection connect(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        SqliteLibrary.load();
        // As a URI: a bare path with a question mark would be cut there and the rest taken for settings.
        String address = file.toAbsolutePath().toUri().toString();
        // Not by the driver: it would register itself with the DriverManager, and keep a redeployed application's
        // classes.
        return new JDBC4Connection("jdbc:sqlite:" + address, address, config.toProperties());
    }

    private static Connection configured(Connection connection, String... pragmas) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute(pragma);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    /** Runs work in a transaction that holds the write lock from its begin. */
    static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try {
                statement.execute("BEGIN IMMEDIATE"); // Within the try: it, too, may fail after it has worked.
                T result = work.on(connection);
                statement.execute("COMMIT");
                return result;
            } catch (Throwable e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    /**
     * Ends the transaction, if SQLite has not done so itself. A failure is added to what made it necessary: the connection
     * may then still be inside the transaction.
     */
    static void rollback(Connection connection, Throwable reason) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException | RuntimeException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                reason.addSuppressed(e);
            }
        }
    }

    /** Closes; a failure is added to what made it necessary. */
    static void close(Connection connection, Throwable reason) {
        try {
            connection.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** The first column of the first row, 0 without a row. */
    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Whether SQLite found what is on disk not to be a sound database. */
    static boolean isDamage(SQLException e) {
        int code = primaryCode(e);
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    /**
     * Whether the connection is as good as before: another process was in the way, or the disk is full; and nothing failed
     * when the transaction was ended.
     */
    static boolean isPassing(SQLException e) {
        return e.getSuppressed().length == 0 && (isLocked(e) || primaryCode(e) == SQLiteErrorCode.SQLITE_FULL.code);
    }

    /** Whether another process was in the way. */
    static boolean isLocked(SQLException e) {
        int code = primaryCode(e);
        return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
    }

    /** Whether opening may succeed later without a change of ours: a matter of locks, space, permission or the disk. */
    static boolean mayPass(SQLException e) {
        int code = primaryCode(e);
        return isLocked(e)
                || code == SQLiteErrorCode.SQLITE_FULL.code
                || code == SQLiteErrorCode.SQLITE_READONLY.code
                || code == SQLiteErrorCode.SQLITE_IOERR.code
                || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || code == SQLiteErrorCode.SQLITE_PERM.code
                || code == SQLiteErrorCode.SQLITE_PROTOCOL.code;
    }

    private static int primaryCode(SQLException e) {
        return e.getErrorCode() & 0xff;
    }
}
