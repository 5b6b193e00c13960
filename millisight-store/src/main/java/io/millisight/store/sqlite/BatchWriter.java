package io.millisight.store.sqlite;

import io.millisight.block.RequestBlock;
import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.RollupPack;
import io.millisight.store.BlockEntry;
import io.millisight.store.LevelRange;
import io.millisight.store.StoreBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes one batch in a transaction that its caller has begun. One use, one thread. */
final class BatchWriter {

    private final Connection connection;
    private final Names.Lookup names;
    private final StoreBatch batch;
    private final int[] endpointIds;

    BatchWriter(Connection connection, Names.Lookup names, StoreBatch batch) {
        this.connection = connection;
        this.names = names;
        this.batch = batch;
        endpointIds = new int[batch.endpoints().size()];
        Arrays.fill(endpointIds, -1);
    }

    /** Writes the batch, unless it is there already. */
    boolean write() throws SQLException {
        JournalCursor stored = cursor(connection, batch.journalId());
        if (stored != null && batch.isStoredAt(stored)) {
            return false;
        }
        int source = names.source(batch.service(), batch.instance());
        if (batch.requests().size() > 0) {
            writeBlock(source);
        }
        writePacks(source);
        writeCursor();
        return true;
    }

    private void writeBlock(int source) throws SQLException {
        RequestColumns requests = batch.requests();
        for (int row = 0; row < requests.size(); row++) {
            endpointId(requests.endpoint(row));
        }
        byte[] data = RequestBlock.encode(requests, inBatch -> endpointIds[inBatch]);
        BlockEntry block = new BlockEntry(
                takeSequences(requests.size()),
                source,
                requests.size(),
                RequestBlock.earliestMicros(data),
                RequestBlock.latestMicros(data),
                0,
                data.length);
        BlockRow.insert(connection, block, data);
    }

    private long takeSequences(int requests) throws SQLException {
        long first = Connections.number(connection, "SELECT next_sequence FROM request_sequence");
        try (PreparedStatement update = connection.prepareStatement("UPDATE request_sequence SET next_sequence = ?")) {
            update.setLong(1, first + requests);
            update.executeUpdate();
        }
        return first;
    }

    /** One pack a minute, whatever the number of its endpoints: a row each would cost a hundred times the work. */
    private void writePacks(int source) throws SQLException {
        Map<Long, List<RollupPack.Entry>> byWindow = new TreeMap<>();
        for (RollupChange change : batch.rollups()) {
            byWindow.computeIfAbsent(change.windowStartMicros(), window -> new ArrayList<>())
                    .add(new RollupPack.Entry(endpointId(change.endpointId()), change.rollup()));
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO rollup (level, window_start, source_id, data) VALUES (?, ?, ?, ?)")) {
            for (Map.Entry<Long, List<RollupPack.Entry>> window : byWindow.entrySet()) {
                byte[] data = RollupPack.encode(window.getValue());
                insert.setInt(1, LevelRange.UNMERGED);
                insert.setLong(2, window.getKey());
                insert.setInt(3, source);
                insert.setBytes(4, data);
                insert.executeUpdate();
            }
        }
    }

    private void writeCursor() throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO journal_cursor (journal_id, lane, position) VALUES (?, ?, ?)
                ON CONFLICT (journal_id, lane) DO UPDATE SET position = excluded.position""")) {
            for (int lane = 0; lane < batch.to().lanes(); lane++) {
                upsert.setString(1, batch.journalId());
                upsert.setInt(2, lane);
                upsert.setLong(3, batch.to().position(lane));
                upsert.executeUpdate();
            }
        }
    }

    private int endpointId(int inBatch) throws SQLException {
        int known = endpointIds[inBatch];
        if (known >= 0) {
            return known;
        }
        Endpoint endpoint = batch.endpoints().get(inBatch);
        endpointIds[inBatch] = names.endpoint(endpoint);
        return endpointIds[inBatch];
    }

    /** How far a journal has been stored, or null. */
    static @Nullable JournalCursor cursor(Connection connection, String journalId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT position FROM journal_cursor WHERE journal_id = ? ORDER BY lane")) {
            select.setString(1, journalId);
            try (ResultSet row = select.executeQuery()) {
                List<Long> positions = new ArrayList<>();
                while (row.next()) {
                    positions.add(row.getLong(1));
                }
                return positions.isEmpty()
                        ? null
                        : JournalCursor.of(
                                positions.stream().mapToLong(Long::longValue).toArray());
            }
        }
    }
}
