package io.millisight.benchmarks.storing;

import io.millisight.block.RequestColumns;
import io.millisight.observe.Endpoint;
import io.millisight.store.StoreBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** {@code api_metrics} as one would fill it without Millisight. One thread. */
final class MetricsTable implements AutoCloseable {

    private static final int INSERTS_A_BATCH = 1_000;
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    private static final String INSERT = "INSERT INTO api_metrics (endpoint, method, response_time_ms, status_code,"
            + " created_at, duration_ns, service, instance)"
            + " VALUES (?, ?, ?, ?, to_timestamp(? / 1e6), ?, 'shop', 'bench')";

    private static final String COPY = "COPY api_metrics (metric_id, created_at, duration_ns, response_time_ms,"
            + " status_code, outcome, stream, endpoint, method, service, instance, user_id)"
            + " FROM STDIN WITH (FORMAT binary)";

    private final Connection connection;

    MetricsTable(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    static void dropSchema(String url, String schema) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA " + schema + " CASCADE");
        }
    }

    /** Each request by an INSERT of its own, committed. */
    void insertSingly(Traffic traffic, int requests) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            traffic.make(requests, (endpoint, completedAtMicros, nanos, status) -> {
                set(insert, traffic.endpoint(endpoint), completedAtMicros, nanos, status);
                insert.executeUpdate();
            });
        }
    }

    /** A thousand a statement and commit. */
    void insertInBatches(Traffic traffic, int requests) throws Exception {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            int[] waiting = {0};
            traffic.make(requests, (endpoint, completedAtMicros, nanos, status) -> {
                set(insert, traffic.endpoint(endpoint), completedAtMicros, nanos, status);
                insert.addBatch();
                if (++waiting[0] % INSERTS_A_BATCH == 0) {
                    insert.executeBatch();
                    connection.commit();
                }
            });
            insert.executeBatch();
            connection.commit();
        }
    }

    private static void set(PreparedStatement insert, Endpoint endpoint, long completedAtMicros, long nanos, int status)
            throws SQLException {
        insert.setString(1, endpoint.route());
        insert.setString(2, endpoint.method());
        insert.setInt(3, millis(nanos));
        insert.setInt(4, status);
        insert.setLong(5, completedAtMicros);
        insert.setLong(6, nanos);
    }

    private static int millis(long nanos) {
        return (int) (nanos / 1_000_000 + nanos % 1_000_000 / 500_000);
    }

    /** The requests of a batch in one COPY and commit, nothing else. */
    void copy(StoreBatch batch) throws SQLException {
        connection.setAutoCommit(false);
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        piece.put("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        RequestColumns requests = batch.requests();
        long unique = ThreadLocalRandom.current().nextLong() >>> 2;
        for (int row = 0; row < requests.size(); row++) {
            if (piece.remaining() < 1_024) {
                copy.writeToCopy(piece.array(), 0, piece.position());
                piece.clear();
            }
            Endpoint endpoint = batch.endpoints().get(requests.endpoint(row));
            long micros = requests.completedAtMicros(row);
            piece.putShort((short) 12);
            piece.putInt(16).putLong(((micros / 1_000) << 16) | 0x7000).putLong((2L << 62) | (unique + row));
            piece.putInt(8).putLong(micros - EPOCH_MICROS);
            piece.putInt(8).putLong(requests.durationNanos(row));
            piece.putInt(4).putInt(millis(requests.durationNanos(row)));
            piece.putInt(4).putInt(requests.status(row));
            put(piece, "completed");
            piece.putInt(1).put((byte) 0);
            put(piece, endpoint.route());
            put(piece, endpoint.method());
            put(piece, "shop");
            put(piece, "bench");
            piece.putInt(-1);
        }
        piece.putShort((short) -1);
        copy.writeToCopy(piece.array(), 0, piece.position());
        copy.endCopy();
        connection.commit();
    }

    private static void put(ByteBuffer piece, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        piece.putInt(utf8.length).put(utf8);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
