package io.millisight.store.postgres;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.RollupPack;
import io.millisight.store.LevelRange;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes one batch. What it needs to be there (names, partitions) is said first, and made in transactions of their own. One
 * thread.
 */
final class BatchWriter {

    /** By which the sequence of request numbers grows. */
    private static final int MOST_REQUESTS = 1 << 20;

    private final StoreBatch batch;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final SortedMap<LocalDate, Integer> requestsByDay = new TreeMap<>();

    BatchWriter(StoreBatch batch) {
        this.batch = batch;
        if (batch.requests().size() > MOST_REQUESTS) {
            throw new IllegalArgumentException(
                    "requests of a batch: " + batch.requests().size() + "; allowed: at most " + MOST_REQUESTS);
        }
        boolean[] used = new boolean[batch.endpoints().size()];
        for (int row = 0; row < batch.requests().size(); row++) {
            used[batch.requests().endpoint(row)] = true;
            long completedAt = Instants.storable(batch.requests().completedAtMicros(row));
            requestsByDay.merge(Instants.day(completedAt), 1, Integer::sum);
        }
        batch.rollups().forEach(change -> used[change.endpointId()] = true);
        for (int id = 0; id < used.length; id++) {
            if (used[id]) {
                endpoints.add(batch.endpoints().get(id));
            }
        }
    }

    /** The endpoints that it needs numbers of. */
    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** The days that it needs partitions for. */
    SortedSet<LocalDate> days() {
        return new TreeSet<>(requestsByDay.keySet());
    }

    /**
     * Writes it, unless it is there already, in a transaction that the caller has begun.
     *
     * <p>The cursor goes first: it is the guard. Whoever else writes for this journal, be it a second process or the server
     * end of a connection that we gave up, waits for us at that row or we for him; whoever comes second finds it moved.
     */
    boolean write(Connection connection, Names names) throws SQLException {
        long firstNumber;
        JournalCursor stored;
        try (PreparedStatement select = connection.prepareStatement(Sql.of("cursor and number"))) {
            select.setString(1, batch.journalId());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                stored = cursor(row.getArray(1));
                firstNumber = row.getLong(2);
            }
        }
        if (stored != null && batch.isStoredAt(stored)) {
            return false;
        }
        moveCursor(connection, batch.journalId(), stored, batch.to());
        int source = names.source(batch.service(), batch.instance());
        if (batch.requests().size() > 0) {
            countRequests(connection, source);
            copyRequests(connection, firstNumber);
        }
        writePacks(connection, names, source);
        return true;
    }

    /** Moves a cursor that was found here, null for nowhere, and holds it until the end of the transaction. */
    static void moveCursor(Connection connection, String journalId, @Nullable JournalCursor stored, JournalCursor to)
            throws SQLException {
        try (PreparedStatement move =
                connection.prepareStatement(Sql.of(stored == null ? "add cursor" : "move cursor"))) {
            move.setArray(1, positions(connection, to));
            move.setString(2, journalId);
            if (stored != null) {
                move.setArray(3, positions(connection, stored));
            }
            if (move.executeUpdate() == 0) {
                throw new StoreException("journal " + journalId
                        + ": its cursor was moved meanwhile, by another process or by a commit whose answer was lost");
            }
        }
    }

    private void countRequests(Connection connection, int source) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(Sql.of("count requests"))) {
            for (Map.Entry<LocalDate, Integer> day : requestsByDay.entrySet()) {
                upsert.setObject(1, day.getKey());
                upsert.setInt(2, source);
                upsert.setInt(3, day.getValue());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private void copyRequests(Connection connection, long firstNumber) throws SQLException {
        RequestCopy requests = new RequestCopy(batch);
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(Sql.of("copy requests"));
        try {
            requests.writeTo(copy::writeToCopy, firstNumber);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** One pack a minute, whatever the number of its endpoints: a row each would cost a hundred times the work. */
    private void writePacks(Connection connection, Names names, int source) throws SQLException {
        Map<Long, List<RollupPack.Entry>> byWindow = new TreeMap<>();
        for (RollupChange change : batch.rollups()) {
            int endpoint = names.endpoint(batch.endpoints().get(change.endpointId()));
            byWindow.computeIfAbsent(change.windowStartMicros(), window -> new ArrayList<>())
                    .add(new RollupPack.Entry(endpoint, change.rollup()));
        }
        try (PreparedStatement insert = connection.prepareStatement(Sql.of("add pack"))) {
            for (Map.Entry<Long, List<RollupPack.Entry>> window : byWindow.entrySet()) {
                insert.setInt(1, LevelRange.UNMERGED);
                Instants.set(insert, 2, window.getKey());
                insert.setInt(3, source);
                insert.setBytes(4, RollupPack.encode(window.getValue()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** How far a journal has been stored, or null. */
    static @Nullable JournalCursor cursor(Connection connection, String journalId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Sql.of("cursor"))) {
            select.setString(1, journalId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? cursor(row.getArray(1)) : null;
            }
        }
    }

    private static @Nullable JournalCursor cursor(@Nullable Array positions) throws SQLException {
        if (positions == null) {
            return null;
        }
        Long[] lanes = (Long[]) positions.getArray();
        long[] cursor = new long[lanes.length];
        for (int lane = 0; lane < cursor.length; lane++) {
            cursor[lane] = lanes[lane];
        }
        return JournalCursor.of(cursor);
    }

    private static Array positions(Connection connection, JournalCursor cursor) throws SQLException {
        Long[] positions = new Long[cursor.lanes()];
        for (int lane = 0; lane < positions.length; lane++) {
            positions[lane] = cursor.position(lane);
        }
        return connection.createArrayOf("bigint", positions);
    }
}
