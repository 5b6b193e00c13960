package io.millisight.store.postgres;

import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupFormatException;
import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import io.millisight.store.LevelRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds what was flushed for a finished minute to that minute and to its hour, of its instance and of the whole service, one minute
 * of one instance a step, in a transaction that the caller has begun. Any instance does it for any other: whoever holds the row
 * of the source merges for it, and adds to the whole service when its turn comes. A pack that is taken is in all four windows once that is committed, or still there.
 *
 * <p>A damaged pack gets level -1: it stays until retention ends it, and never stops the merging of the others.
 */
final class Merging {

    static final int UNREADABLE = -1;

    private static final int MOST_PACKS = 1_024;

    private final Connection connection;
    private final Unreadable unreadable;

    Merging(Connection connection, Unreadable unreadable) {
        this.connection = connection;
        this.unreadable = unreadable;
    }

    /** Whether there was something to do. */
    boolean mergeMinute(long nowMicros) throws SQLException {
        try (PreparedStatement oldest = connection.prepareStatement(Sql.of("flushed minute"))) {
            Instants.set(oldest, 1, nowMicros - TimeRange.MINUTE);
            try (ResultSet row = oldest.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                merge(Instants.micros(row, 1), row.getInt(2));
                return true;
            }
        }
    }

    private void merge(long window, int source) throws SQLException {
        List<byte[]> flushed = taken(window, source);
        if (!flushed.isEmpty()) {
            byte[] sum = flushed.size() == 1 ? flushed.get(0) : RollupPack.merge(flushed);
            addTo(LevelRange.MINUTE, window, source, sum);
            addTo(LevelRange.HOUR, Math.floorDiv(window, TimeRange.HOUR) * TimeRange.HOUR, source, sum);
        }
    }

    private List<byte[]> taken(long window, int source) throws SQLException {
        List<byte[]> packs = new ArrayList<>();
        try (PreparedStatement take = connection.prepareStatement(Sql.of("take packs"))) {
            Instants.set(take, 1, window);
            take.setInt(2, source);
            take.setInt(3, MOST_PACKS);
            try (ResultSet row = take.executeQuery()) {
                while (row.next()) {
                    byte[] pack = row.getBytes(2);
                    if (isReadable(row.getLong(1), pack)) {
                        packs.add(pack);
                    } else {
                        put("add pack", UNREADABLE, window, source, pack);
                    }
                }
            }
        }
        return packs;
    }

    /** Adds a pack to those of this window, the source's and its whole service's, or makes them of it. */
    void addTo(int level, long window, int source, byte[] added) throws SQLException {
        int service = serviceOf(source); // before any pack, by all who add: none of them waits in a circle
        addToOne(level, window, source, added);
        addToOne(level, window, service, added);
    }

    /** Locked until the end of the transaction. */
    private int serviceOf(int source) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(Sql.of("lock service"))) {
            lock.setInt(1, source);
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("table source has no row for the service of source " + source);
                }
                return row.getInt(1);
            }
        }
    }

    private void addToOne(int level, long window, int source, byte[] added) throws SQLException {
        List<byte[]> parts = new ArrayList<>(List.of(added));
        try (PreparedStatement select = connection.prepareStatement(Sql.of("merged pack"))) {
            select.setInt(1, level);
            Instants.set(select, 2, window);
            select.setInt(3, source);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    byte[] before = row.getBytes(2);
                    if (isReadable(row.getLong(1), before)) {
                        parts.add(before);
                    } else {
                        setAside(row.getLong(1));
                    }
                }
            }
        }
        put("put pack", level, window, source, parts.size() == 1 ? parts.get(0) : RollupPack.merge(parts));
    }

    private boolean isReadable(long rollupId, byte[] pack) {
        Rollup trial = new Rollup();
        try {
            RollupPack.forEach(pack, (endpoint, rollup) -> trial.add(rollup));
            return true;
        } catch (RollupFormatException e) {
            unreadable.met(rollupId, e);
            return false;
        }
    }

    private void setAside(long rollupId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(Sql.of("set pack aside"))) {
            update.setLong(1, rollupId);
            update.executeUpdate();
        }
    }

    private void put(String statement, int level, long window, int source, byte[] pack) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(Sql.of(statement))) {
            put.setInt(1, level);
            Instants.set(put, 2, window);
            put.setInt(3, source);
            put.setBytes(4, pack);
            put.executeUpdate();
        }
    }
}
