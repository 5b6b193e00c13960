package io.millisight.store.sqlite;

import io.millisight.block.BlockFormatException;
import io.millisight.block.RequestBlock;
import io.millisight.block.RequestColumns;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupFormatException;
import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import io.millisight.store.BlockEntry;
import io.millisight.store.LevelRange;
import io.millisight.store.MergePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts small parts together, one run a step, inside a transaction that the caller has begun. Each step says
 * whether there was something to do. One thread.
 *
 * <p>A damaged part gets level -1: it stays on disk until retention ends it, and never stops the merging of the others.
 */
final class Merging {

    private static final int UNREADABLE = -1;
    private static final int MOST_PACKS = 1_024;

    private final Connection connection;
    private final Unreadable unreadable;

    Merging(Connection connection, Unreadable unreadable) {
        this.connection = connection;
        this.unreadable = unreadable;
    }

    /** Adds what was flushed for the oldest finished minute to that minute and to its hour. */
    boolean mergeMinute(long nowMicros) throws SQLException {
        long window;
        int source;
        try (PreparedStatement oldest = connection.prepareStatement("""
                SELECT window_start, source_id FROM rollup WHERE level = 0 AND window_start <= ?
                ORDER BY window_start, source_id LIMIT 1""")) {
            oldest.setLong(1, nowMicros - TimeRange.MINUTE);
            try (ResultSet row = oldest.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                window = row.getLong(1);
                source = row.getInt(2);
            }
        }
        Map<Long, byte[]> flushed = packs(LevelRange.UNMERGED, window, source);
        long hour = Math.floorDiv(window, TimeRange.HOUR) * TimeRange.HOUR;
        addTo(LevelRange.MINUTE, window, source, flushed);
        addTo(LevelRange.HOUR, hour, source, flushed);
        for (long id : flushed.keySet()) {
            update("DELETE FROM rollup WHERE rollup_id = ?", id);
        }
        return true;
    }

    private void addTo(int level, long window, int source, Map<Long, byte[]> added) throws SQLException {
        if (added.isEmpty()) {
            return;
        }
        List<byte[]> parts = new ArrayList<>(packs(level, window, source).values());
        parts.addAll(added.values());
        byte[] sum = parts.size() == 1 ? parts.get(0) : RollupPack.merge(parts);
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO rollup (level, window_start, source_id, data) VALUES (?, ?, ?, ?)
                ON CONFLICT (level, window_start, source_id) WHERE level IN (1, 2)
                DO UPDATE SET data = excluded.data""")) {
            upsert.setInt(1, level);
            upsert.setLong(2, window);
            upsert.setInt(3, source);
            upsert.setBytes(4, sum);
            upsert.executeUpdate();
        }
    }

    /** Packs by their numbers, those that can be decoded. */
    private Map<Long, byte[]> packs(int level, long window, int source) throws SQLException {
        Map<Long, byte[]> packs = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT rollup_id, data FROM rollup WHERE level = ? AND window_start = ? AND source_id = ? LIMIT ?")) {
            select.setInt(1, level);
            select.setLong(2, window);
            select.setInt(3, source);
            select.setInt(4, MOST_PACKS);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    packs.put(row.getLong(1), row.getBytes(2));
                }
            }
        }
        Rollup trial = new Rollup();
        for (Map.Entry<Long, byte[]> pack : List.copyOf(packs.entrySet())) {
            try {
                RollupPack.forEach(pack.getValue(), (endpoint, rollup) -> trial.add(rollup));
            } catch (RollupFormatException e) {
                unreadable.met("rollup " + pack.getKey(), e);
                update("UPDATE rollup SET level = " + UNREADABLE + " WHERE rollup_id = ?", pack.getKey());
                packs.remove(pack.getKey());
            }
        }
        return packs;
    }

    /** Merges one run of blocks of a finished minute or, merged once already, of a finished hour. */
    boolean mergeBlocks(long nowMicros) throws SQLException {
        for (int level = 0; level <= 1; level++) {
            List<BlockEntry> run = MergePlan.firstRun(due(level, MergePlan.dueBefore(level, nowMicros)));
            if (!run.isEmpty()) {
                merge(run, level + 1);
                return true;
            }
        }
        return false;
    }

    private List<BlockEntry> due(int level, long beforeMicros) throws SQLException {
        List<BlockEntry> due = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT first_sequence, source_id, requests, first_at, last_at, level, bytes FROM request_block
                WHERE level IN (0, 1) AND level = ? AND last_at < ? ORDER BY first_sequence LIMIT ?""")) {
            select.setInt(1, level);
            select.setLong(2, beforeMicros);
            select.setInt(3, MergePlan.MAX_BLOCKS);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    due.add(new BlockEntry(
                            row.getLong(1),
                            row.getInt(2),
                            row.getInt(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getInt(6),
                            row.getInt(7)));
                }
            }
        }
        return due;
    }

    private void merge(List<BlockEntry> run, int level) throws SQLException {
        BlockEntry first = run.get(0);
        if (run.size() == 1) {
            update("UPDATE request_block SET level = " + level + " WHERE first_sequence = ?", first.firstSequence());
            return;
        }
        RequestColumns merged =
                new RequestColumns(run.stream().mapToInt(BlockEntry::requests).sum());
        for (BlockEntry block : run) {
            try {
                merged.addAll(RequestBlock.decode(data(block)));
            } catch (BlockFormatException e) {
                unreadable.met("request block " + block.firstSequence(), e);
                update(
                        "UPDATE request_block SET level = " + UNREADABLE + " WHERE first_sequence = ?",
                        block.firstSequence());
                return;
            }
        }
        byte[] data = RequestBlock.encode(merged);
        for (BlockEntry block : run) {
            update("DELETE FROM request_block WHERE first_sequence = ?", block.firstSequence());
        }
        BlockRow.insert(
                connection,
                new BlockEntry(
                        first.firstSequence(),
                        first.sourceId(),
                        merged.size(),
                        run.stream().mapToLong(BlockEntry::firstAtMicros).min().orElseThrow(),
                        run.stream().mapToLong(BlockEntry::lastAtMicros).max().orElseThrow(),
                        level,
                        data.length),
                data);
    }

    private byte[] data(BlockEntry block) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT data FROM request_block WHERE first_sequence = ?")) {
            select.setLong(1, block.firstSequence());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    private void update(String sql, long key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, key);
            statement.executeUpdate();
        }
    }
}
