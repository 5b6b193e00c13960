package io.millisight.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The dictionary codes of a column, packed to as many bits as the dictionary needs. Read in any order.
 *
 * <p>A code is cut out of an 8-byte load. It never passes the block's end: where there is a row, at least 8 bytes of durations,
 * times and checksum follow the last codes, which {@link BlockReader} makes sure of.
 */
final class PackedCodes {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] block;
    private final int offset;
    private final int width;
    private final int values;
    private final long mask;

    /** Codes from 0 to {@code values - 1}, which the block holds from {@code offset} on. */
    PackedCodes(byte[] block, int offset, int values) {
        this.block = block;
        this.offset = offset;
        this.values = values;
        this.width = width(values);
        this.mask = (1L << width) - 1;
    }

    /** How many bits a code takes that is one of so many. */
    static int width(int values) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, values - 1));
    }

    /** How many bytes so many codes take. */
    static long bytes(int count, int width) {
        return ((long) count * width + 7) >>> 3;
    }

    /** The code of a row. */
    int code(int row) {
        long bit = (long) row * width;
        int at = offset + (int) (bit >>> 3);
        int code = (int) (((long) LONG.get(block, at) >>> (bit & 7)) & mask);
        if (code >= values) {
            throw new BlockFormatException("request block: row " + row + " has code " + code + " of " + values);
        }
        return code;
    }
}
