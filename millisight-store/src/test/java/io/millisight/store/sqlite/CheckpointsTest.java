package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    @Test
    void aLongWalIsDue(@TempDir Path folder) throws Exception {
        Path database = folder.resolve("a.db");
        Checkpoints checkpoints = new Checkpoints(database);
        assertThat(checkpoints.isDue()).isFalse();
        try (RandomAccessFile wal =
                new RandomAccessFile(folder.resolve("a.db-wal").toFile(), "rw")) {
            wal.setLength(Checkpoints.DUE_BYTES);
        }
        assertThat(checkpoints.isDue()).isTrue();
    }

    @Test
    void aCheckpointThatFailsIsReportedAndThrowsNothing(@TempDir Path folder) throws Exception {
        Path database = folder.resolve("a.db");
        Checkpoints checkpoints = new Checkpoints(database);
        Connection connection = Connections.writer(Connections.FROM_SQLITE, database);
        assertThat((Throwable) checkpoints.run(connection)).isNull();
        connection.close();
        assertThat((Throwable) checkpoints.run(connection)).isInstanceOf(SQLException.class);
        assertThat((Throwable) checkpoints.run(connection)).isInstanceOf(SQLException.class);
    }
}
