package io.millisight.store.postgres;

import io.millisight.block.RequestColumns;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.store.StoreBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The single requests of a batch in the binary form of COPY, a piece at a time. One use, one thread.
 *
 * <pre>
 * header     "PGCOPY\n\377\r\n\0", flags 0, extension 0
 * a row      fields, 2 bytes | length, 4 bytes, and value of each; length -1 is NULL
 * trailer    -1, 2 bytes
 * </pre>
 *
 * All big-endian. What many rows have in common (endpoint, service, instance, outcome) is put into that form once.
 */
final class RequestCopy {

    /** Receives what was put into form. */
    @FunctionalInterface
    interface Target {
        void write(byte[] bytes, int offset, int length) throws SQLException;
    }

    static final byte[] HEADER = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final short FIELDS = 12;
    private static final int PIECE_BYTES = 1 << 16;

    /** PostgreSQL counts from 2000-01-01. */
    static final long EPOCH_MICROS = 946_684_800_000_000L;

    /** Everything but texts: the count, nine lengths, and the values of fixed length. */
    private static final int FIXED_BYTES = 128;

    private static final int USER_ID_BYTES = 4 * StoredText.WIDE;

    private final RequestColumns requests;
    private final byte[][] endpoints;
    private final byte[] source;
    private final byte[][] outcomes = new byte[256][];
    private final ByteBuffer piece;
    private final int mostRowBytes;

    RequestCopy(StoreBatch batch) {
        requests = batch.requests();
        endpoints = new byte[batch.endpoints().size()][];
        int longest = 0;
        for (int row = 0; row < requests.size(); row++) {
            int endpoint = requests.endpoint(row);
            if (endpoints[endpoint] == null) {
                Endpoint named = batch.endpoints().get(endpoint);
                endpoints[endpoint] = fields(Names.label(named), named.method());
                longest = Math.max(longest, endpoints[endpoint].length);
            }
        }
        source = fields(StoredText.storable(batch.service()), StoredText.storable(batch.instance()));
        mostRowBytes = FIXED_BYTES + longest + source.length + USER_ID_BYTES;
        piece = ByteBuffer.allocate(Math.max(PIECE_BYTES, 2 * mostRowBytes));
    }

    /** Writes all of them, numbered from here on. */
    void writeTo(Target target, long firstNumber) throws SQLException {
        piece.put(HEADER);
        for (int row = 0; row < requests.size(); row++) {
            if (piece.remaining() < mostRowBytes) {
                flush(target);
            }
            put(row, firstNumber + row);
        }
        if (piece.remaining() < Short.BYTES) {
            flush(target);
        }
        piece.putShort((short) -1);
        flush(target);
    }

    private void flush(Target target) throws SQLException {
        target.write(piece.array(), 0, piece.position());
        piece.clear();
    }

    private void put(int row, long number) {
        long completedAt = Instants.storable(requests.completedAtMicros(row));
        long duration = requests.durationNanos(row);
        piece.putShort(FIELDS);
        piece.putInt(2 * Long.BYTES).putLong(TimeIds.high(completedAt)).putLong(TimeIds.low(number));
        piece.putInt(Long.BYTES).putLong(completedAt - EPOCH_MICROS);
        piece.putInt(Long.BYTES).putLong(duration);
        piece.putInt(Integer.BYTES).putInt(millis(duration));
        piece.putInt(Integer.BYTES).putInt(requests.status(row));
        piece.put(outcome(requests.outcome(row)));
        piece.put(endpoints[requests.endpoint(row)]);
        piece.put(source);
        putUserId(requests.userId(row));
    }

    /** Rounded, as the table's constraint has it. */
    static int millis(long durationNanos) {
        return (int) Math.min(durationNanos / 1_000_000 + durationNanos % 1_000_000 / 500_000, Integer.MAX_VALUE);
    }

    private byte[] outcome(int code) {
        byte[] known = outcomes[code];
        if (known == null) {
            byte[] word = fields(word(Outcome.ofCode(code & ~RequestColumns.STREAM)));
            known = Arrays.copyOf(word, word.length + Integer.BYTES + 1);
            ByteBuffer.wrap(known, word.length, Integer.BYTES + 1).putInt(1).put((byte)
                    ((code & RequestColumns.STREAM) != 0 ? 1 : 0));
            outcomes[code] = known;
        }
        return known;
    }

    /** {@code api_metrics.outcome}. */
    static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** Most are short and plain: those are written as they are read. */
    private void putUserId(@Nullable String userId) {
        if (userId == null) {
            piece.putInt(-1);
            return;
        }
        int length = userId.length();
        if (length > StoredText.WIDE) {
            putText(userId);
            return;
        }
        int begin = piece.position();
        piece.putInt(length);
        for (int at = 0; at < length; at++) {
            char c = userId.charAt(at);
            if (c == 0 || c >= 0x80 || c == '\\') {
                piece.position(begin);
                putText(userId);
                return;
            }
            piece.put((byte) c);
        }
    }

    private void putText(String userId) {
        byte[] utf8 = userId(userId).getBytes(StandardCharsets.UTF_8);
        piece.putInt(utf8.length).put(utf8);
    }

    /** {@code api_metrics.user_id} of a user id. */
    static String userId(String userId) {
        return StoredText.cut(StoredText.storable(userId), StoredText.WIDE);
    }

    private static byte[] fields(String... texts) {
        byte[][] utf8 = new byte[texts.length][];
        int bytes = 0;
        for (int text = 0; text < texts.length; text++) {
            utf8[text] = texts[text].getBytes(StandardCharsets.UTF_8);
            bytes += Integer.BYTES + utf8[text].length;
        }
        ByteBuffer fields = ByteBuffer.allocate(bytes);
        for (byte[] text : utf8) {
            fields.putInt(text.length).put(text);
        }
        return fields.array();
    }
}
