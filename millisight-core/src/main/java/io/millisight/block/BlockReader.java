package io.millisight.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The columns of one undamaged block, each decoded when it is asked for. {@link RequestBlock} has the layout.
 *
 * <p>The checksum finds damage. The other checks keep bytes that a broken writer gave the right checksum from becoming wrong
 * rows or huge arrays: no array is longer than the block has bytes for.
 */
final class BlockReader {

    static final byte MAGIC = 'Q';
    static final byte VERSION = 1;

    static final int COUNT_AT = 2;
    static final int EARLIEST_AT = 6;
    static final int LATEST_AT = 14;
    static final int LENGTHS_AT = 22;

    static final int ENDPOINTS = 0;
    static final int STATUSES = 1;
    static final int USERS = 2;
    static final int DURATIONS = 3;
    static final int TIMES = 4;
    static final int COLUMNS = 5;

    static final int HEADER_BYTES = LENGTHS_AT + COLUMNS * Integer.BYTES;
    static final int CHECKSUM_BYTES = 4;
    /** The least that the range of durations takes before them. */
    private static final int RANGE_BYTES = 2;

    static final int MAX_STATUS_AND_OUTCOME = 0xff_ffff;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] block;
    private final int count;
    private final int[] starts = new int[COLUMNS + 1];

    /** Checks the block as a whole. */
    BlockReader(byte[] block) {
        this.block = block;
        requireHeader(block);
        int content = block.length - CHECKSUM_BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(block, 0, content);
        if ((int) INT.get(block, content) != (int) checksum.getValue()) {
            throw new BlockFormatException("request block of " + block.length + " bytes: wrong checksum");
        }
        count = count(block);
        long start = HEADER_BYTES;
        for (int column = 0; column < COLUMNS; column++) {
            starts[column] = (int) start;
            int length = (int) INT.get(block, LENGTHS_AT + column * Integer.BYTES);
            start += length;
            if (length < 0 || start > content) {
                throw new BlockFormatException("request block: column " + column + " has " + length + " bytes");
            }
        }
        starts[COLUMNS] = content;
        boolean disordered = earliest() > latest();
        if (start != content
                || disordered
                || count < 0
                || count > length(DURATIONS) - RANGE_BYTES
                || count > length(TIMES)) {
            throw new BlockFormatException("request block of " + block.length + " bytes: impossible header");
        }
    }

    /** Refuses what cannot be a block of this version. */
    static void requireHeader(byte[] block) {
        if (block.length < HEADER_BYTES + CHECKSUM_BYTES || block[0] != MAGIC || block[1] != VERSION) {
            throw new BlockFormatException("request block of " + block.length + " bytes: none of version " + VERSION);
        }
    }

    static int count(byte[] block) {
        return (int) INT.get(block, COUNT_AT);
    }

    static long earliest(byte[] block) {
        return (long) LONG.get(block, EARLIEST_AT);
    }

    static long latest(byte[] block) {
        return (long) LONG.get(block, LATEST_AT);
    }

    int count() {
        return count;
    }

    long earliest() {
        return earliest(block);
    }

    long latest() {
        return latest(block);
    }

    /** A column's dictionary of numbers, each at most {@code most}. Its codes follow: {@link #codes}. */
    int[] dictionary(int column, int most) {
        Varints reader = column(column);
        int size = reader.nextInt(reader.remaining());
        int[] values = new int[size];
        for (int value = 0; value < size; value++) {
            values[value] = reader.nextInt(most);
        }
        requireCodes(reader, size);
        return values;
    }

    /** The codes behind a dictionary of so many values. */
    PackedCodes codes(int column, int values) {
        int bytes = (int) PackedCodes.bytes(count, PackedCodes.width(values));
        return new PackedCodes(block, starts[column + 1] - bytes, values);
    }

    /** Where each user's text begins in the block, as its length followed by its bytes; code 0 stands for no user. */
    int[] userOffsets() {
        if (length(USERS) == 0) {
            return new int[1];
        }
        Varints reader = column(USERS);
        int size = reader.nextInt(reader.remaining());
        int[] offsets = new int[size + 1];
        for (int code = 1; code <= size; code++) {
            offsets[code] = reader.position();
            reader.skip(reader.nextInt(reader.remaining()));
        }
        requireCodes(reader, size + 1);
        return offsets;
    }

    /** The user whose text begins there. */
    String user(int offset) {
        Varints reader = new Varints(block, offset, starts[USERS + 1]);
        int length = reader.nextInt(reader.remaining());
        return new String(block, reader.position(), length, StandardCharsets.UTF_8);
    }

    /** Whether this user's text begins there. */
    boolean isUser(int offset, byte[] wanted) {
        Varints reader = new Varints(block, offset, starts[USERS + 1]);
        int length = reader.nextInt(reader.remaining());
        int from = reader.position();
        return length == wanted.length && Arrays.equals(block, from, from + length, wanted, 0, length);
    }

    /** Whether the durations of this block can meet the filter. */
    boolean meetsDurations(RequestFilter filter) {
        Varints reader = column(DURATIONS);
        long shortest = reader.next();
        long longest = longest(reader, shortest);
        return filter.minNanos() <= longest && filter.maxNanos() >= shortest;
    }

    /** All durations, into an array that is long enough. */
    long[] durations(long[] reused) {
        long[] values = room(reused);
        Varints reader = column(DURATIONS);
        long shortest = reader.next();
        long longest = longest(reader, shortest);
        reader.rest(values, count);
        requireRange(values, shortest, longest);
        return values;
    }

    private static long longest(Varints reader, long shortest) {
        long longest = reader.next() + shortest;
        if (shortest < 0 || longest < shortest) {
            throw new BlockFormatException("request block: durations from " + shortest + " to " + longest);
        }
        return longest;
    }

    /** All instants of completion, into an array that is long enough. */
    long[] times(long[] reused) {
        long[] values = room(reused);
        column(TIMES).rest(values, count);
        long time = earliest();
        for (int row = 0; row < count; row++) {
            long coded = values[row];
            time += (coded >>> 1) ^ -(coded & 1);
            values[row] = time;
        }
        requireRange(values, earliest(), latest());
        return values;
    }

    private void requireRange(long[] values, long least, long most) {
        long smallest = Long.MAX_VALUE;
        long greatest = Long.MIN_VALUE;
        for (int row = 0; row < count; row++) {
            smallest = Math.min(smallest, values[row]);
            greatest = Math.max(greatest, values[row]);
        }
        if (count > 0 && (smallest != least || greatest != most)) {
            throw new BlockFormatException("request block: a column leaves its range " + least + " to " + most);
        }
    }

    private void requireCodes(Varints reader, int values) {
        boolean enough = values > 0 || count == 0;
        if (!enough || reader.remaining() != PackedCodes.bytes(count, PackedCodes.width(values))) {
            throw new BlockFormatException("request block: " + count + " codes do not end their column");
        }
    }

    private long[] room(long[] reused) {
        return reused.length >= count ? reused : new long[count];
    }

    private Varints column(int column) {
        return new Varints(block, starts[column], starts[column + 1]);
    }

    private int length(int column) {
        return starts[column + 1] - starts[column];
    }
}
