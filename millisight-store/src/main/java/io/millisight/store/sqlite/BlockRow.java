package io.millisight.store.sqlite;

import io.millisight.store.BlockEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A row of {@code request_block}. */
final class BlockRow {

    private BlockRow() {}

    static void insert(Connection connection, BlockEntry block, byte[] data) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO request_block (first_sequence, source_id, requests, first_at, last_at, level, bytes, data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setLong(1, block.firstSequence());
            insert.setInt(2, block.sourceId());
            insert.setInt(3, block.requests());
            insert.setLong(4, block.firstAtMicros());
            insert.setLong(5, block.lastAtMicros());
            insert.setInt(6, block.level());
            insert.setInt(7, block.bytes());
            insert.setBytes(8, data);
            insert.executeUpdate();
        }
    }
}
