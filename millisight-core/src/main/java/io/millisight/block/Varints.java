package io.millisight.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads unsigned 64-bit numbers of 1 to 10 bytes, 7 bits a byte, the lowest first, from one column of a block.
 *
 * <p>Numbers of up to 8 bytes are taken from one 8-byte load without a branch on their length: the lowest clear top
 * bit ends the number, and three steps close the gaps between its groups of 7 bits.
 */
final class Varints {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long TOP_BITS = 0x8080_8080_8080_8080L;
    private static final int MAX_BITS = 64;

    private final byte[] block;
    private final int end;
    private int at;

    Varints(byte[] block, int from, int end) {
        this.block = block;
        this.at = from;
        this.end = end;
    }

    int position() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    /** Passes over so many bytes. */
    void skip(int length) {
        at += length;
    }

    long next() {
        long value = 0;
        for (int shift = 0; shift < MAX_BITS && at < end; shift += 7) {
            byte part = block[at++];
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new BlockFormatException("request block: no number before byte " + at);
    }

    /** The next number, which counts or names something. */
    int nextInt(int most) {
        long value = next();
        if (value < 0 || value > most) {
            throw new BlockFormatException("request block: " + value + " before byte " + at + " exceeds " + most);
        }
        return (int) value;
    }

    /** The rest of the column, which must be so many numbers. */
    void rest(long[] values, int count) {
        int row = 0;
        int position = at;
        int lastLoad = Math.min(end, block.length - Long.BYTES);
        while (row < count && position < lastLoad) {
            long word = (long) LONG.get(block, position);
            long ends = ~word & TOP_BITS;
            if (ends == 0) {
                at = position;
                values[row++] = next();
                position = at;
                continue;
            }
            long value = word & (ends ^ (ends - 1)) & ~TOP_BITS;
            value = (value & 0x007f_007f_007f_007fL) | ((value & 0x7f00_7f00_7f00_7f00L) >>> 1);
            value = (value & 0x0000_3fff_0000_3fffL) | ((value & 0x3fff_0000_3fff_0000L) >>> 2);
            values[row++] = (value & 0x0fff_ffffL) | ((value & 0x0fff_ffff_0000_0000L) >>> 4);
            position += (Long.numberOfTrailingZeros(ends) >>> 3) + 1;
        }
        at = position;
        while (row < count) {
            values[row++] = next();
        }
        if (at != end) {
            throw new BlockFormatException("request block: column ends at byte " + at + " and not at " + end);
        }
    }
}
