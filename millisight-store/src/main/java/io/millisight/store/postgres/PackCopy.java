package io.millisight.store.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads packs of rollups by COPY: it streams, so the server reads the next while one is added up here. A query of rows would have
 * each wait for the other.
 *
 * <p>The binary form is that of {@link RequestCopy}; each message brings one row, the first one behind the header.
 */
final class PackCopy {

    /** A row of table {@code rollup}. */
    static final class Pack {

        final long id;
        final long windowMicros;
        final byte[] data;

        private Pack(long id, long windowMicros, byte[] data) {
            this.id = id;
            this.windowMicros = windowMicros;
            this.data = data;
        }
    }

    private static final short FIELDS = 3;

    private PackCopy() {}

    /**
     * Hands over what a query for number, window and data finds. Until it is through, the connection can do nothing else.
     *
     * @param query a whole one: COPY takes no parameters
     */
    static void read(Connection connection, String query, Consumer<Pack> visitor) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + query + ") TO STDOUT WITH (FORMAT binary)");
        try {
            int header = RequestCopy.HEADER.length;
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                visit(message, header, visitor);
                header = 0;
            }
        } catch (RuntimeException e) {
            passOverTheRest(copy, e);
            throw e;
        }
    }

    private static void visit(byte[] message, int offset, Consumer<Pack> visitor) {
        ByteBuffer row = ByteBuffer.wrap(message).position(offset);
        if (row.hasRemaining() && row.getShort() == FIELDS) { // else it is the trailer
            long id = row.position(row.position() + Integer.BYTES).getLong();
            long window = row.position(row.position() + Integer.BYTES).getLong() + RequestCopy.EPOCH_MICROS;
            int from = row.position() + Integer.BYTES;
            visitor.accept(new Pack(id, window, Arrays.copyOfRange(message, from, message.length)));
        }
    }

    /** So that the connection is good for what comes next: to cancel, the driver would open another. */
    private static void passOverTheRest(CopyOut copy, RuntimeException reason) {
        try {
            while (copy.readFromCopy() != null) {}
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }
}
