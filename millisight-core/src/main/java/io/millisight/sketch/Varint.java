package io.millisight.sketch;

import java.nio.ByteBuffer;

/**
 * Whole numbers in 1 to 9 bytes, 7 bits a byte, the lowest first; the top bit says that another byte follows.
 *
 * <p>An instance reads them from a part of an array. Not thread-safe.
 */
public final class Varint {

    /** The most bytes that a number takes. */
    public static final int MAX_BYTES = 9;

    private byte[] bytes = {};
    private int position;
    private int end;

    /** Appends a number from 0 to {@link Long#MAX_VALUE}. */
    public static void put(ByteBuffer target, long value) {
        while (value > 0x7f) {
            target.put((byte) (value | 0x80));
            value >>>= 7;
        }
        target.put((byte) value);
    }

    /** How many bytes a number from 0 to {@link Long#MAX_VALUE} takes. */
    static int bytes(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    /** Reads from here on. */
    public void reset(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        position = offset;
        end = offset + length;
    }

    /** The next number, or -1 when the bytes end before it does or it is longer than {@link #MAX_BYTES}. */
    public long next() {
        if (position < end && bytes[position] >= 0) {
            return bytes[position++];
        }
        long value = 0;
        for (int shift = 0; shift < 7 * MAX_BYTES && position < end; shift += 7) {
            byte part = bytes[position++];
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        return -1;
    }

    /** Passes over so many bytes. */
    public void skip(int length) {
        position += length;
    }

    /** Where the next number begins. */
    public int position() {
        return position;
    }

    /** How many bytes are left. */
    public int remaining() {
        return end - position;
    }
}
