package io.millisight.store.sqlite;

import io.millisight.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * Opens the database file, whatever state it is in.
 *
 * <p>A damaged file is set aside under a name with the date, and a new one is begun. What counts as damage: SQLite
 * refuses the file, or {@code PRAGMA quick_check} finds fault. That check reads the whole file, so it runs at every
 * opening only while the file is small; a large one is checked when work on it has met damage. A killed process is no
 * reason to check: recovery from the WAL is what SQLite does at any opening.
 */
final class SqliteFile {

    /** A check of so many bytes takes some tens of milliseconds. */
    static final long CHEAP_TO_CHECK_BYTES = 32L << 20;

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Migrations migrations;
    private final Clock clock;
    private final Connections.Source source;

    SqliteFile(Path path, Migrations migrations, Clock clock) {
        this(path, migrations, clock, Connections.FROM_SQLITE);
    }

    SqliteFile(Path path, Migrations migrations, Clock clock, Connections.Source source) {
        this.path = path;
        this.migrations = migrations;
        this.clock = clock;
        this.source = source;
    }

    /** The file at this path, with this version's schema. */
    static SqliteFile at(Path path) {
        return new SqliteFile(path, Migrations.ofResources(), Clock.systemUTC());
    }

    Path path() {
        return path;
    }

    /**
     * Opens the one connection that writes; creates, migrates and repairs as needed.
     *
     * @param suspicious whether work on the file has met damage
     * @throws StoreException when there is nothing to write to, or when the file is not ours to touch
     */
    Connection open(boolean suspicious) {
        try {
            return openSound(suspicious);
        } catch (SQLException e) {
            if (!Connections.isDamage(e)) {
                throw unavailable(e);
            }
            setAside(e);
        }
        try {
            return openSound(false);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Opens one of the connections that read. */
    Connection openReader() throws SQLException {
        return Connections.reader(source, path);
    }

    private Connection openSound(boolean suspicious) throws SQLException {
        Connection connection = Connections.writer(source, path);
        try {
            migrations.apply(connection);
            if (suspicious || sizeOf(path) <= CHEAP_TO_CHECK_BYTES) {
                check(connection);
            }
            return connection;
        } catch (StoreException e) {
            Connections.close(connection, e);
            throw new StoreException(path + ": " + e.getMessage(), e);
        } catch (SQLException | RuntimeException e) {
            Connections.close(connection, e);
            throw e;
        }
    }

    private static void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet finding = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (finding.next() && !"ok".equals(finding.getString(1))) {
                throw new SQLException(
                        "quick_check: " + finding.getString(1), null, SQLiteErrorCode.SQLITE_CORRUPT.code);
            }
        }
    }

    private void setAside(SQLException damage) {
        Path aside = path.resolveSibling(path.getFileName() + ".damaged-" + DATE.format(clock.instant()));
        try {
            Files.move(path, aside);
            for (String suffix : new String[] {"-wal", "-shm"}) {
                Path companion = companion(path, suffix);
                if (Files.exists(companion)) {
                    Files.move(companion, companion(aside, suffix));
                }
            }
        } catch (IOException e) {
            damage.addSuppressed(e);
            throw new StoreException(
                    path + ": damaged (" + damage.getMessage() + ") and cannot be set aside as " + aside
                            + "; move it away by hand",
                    damage);
        }
        LOG.warn(
                "{} is damaged ({}): set aside as {}, and a new database begun. Its history is missing from reports;"
                        + " sqlite3's .recover may get it back.",
                path,
                damage.getMessage(),
                aside);
    }

    private StoreException unavailable(SQLException e) {
        String remedy = Connections.isPassing(e)
                ? "another process holds it; end that process, or choose another data directory"
                : "see that the folder exists, may be written to and has space left, or choose another data directory";
        return new StoreException(path + ": cannot be opened (" + e.getMessage() + "); " + remedy, e);
    }

    /** A file that SQLite keeps beside the database: {@code -wal} or {@code -shm}. */
    static Path companion(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    /** Bytes of a file; 0 when it does not exist. */
    static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
