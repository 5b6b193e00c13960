package io.millisight.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the WAL into the database when it has grown long. PASSIVE waits for nobody: what readers still need stays until the
 * next time. The next write then begins the WAL anew, and cuts the file short. One thread.
 */
final class Checkpoints {

    /** Large enough that syncing is rare. */
    static final long DUE_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private final Path database;
    private boolean failing;

    Checkpoints(Path database) {
        this.database = database;
    }

    /** Whether the WAL is long enough. */
    boolean isDue() {
        return SqliteFile.sizeOf(SqliteFile.companion(database, "-wal")) >= DUE_BYTES;
    }

    /**
     * Does one. A failure, as by a full disk, is logged when it begins: what was committed is committed, and must not be
     * committed again because of it.
     *
     * @return the failure, or null
     */
    @Nullable SQLException run(Connection connection) {
        try {
            Connections.number(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            failing = false;
            return null;
        } catch (SQLException e) {
            if (!failing) {
                failing = true;
                LOG.warn("{}: its WAL cannot be moved into it, and grows until it can: {}", database, e.getMessage());
            }
            return e;
        }
    }
}
