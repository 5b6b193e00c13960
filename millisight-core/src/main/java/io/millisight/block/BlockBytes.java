package io.millisight.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** A growing array that a block is written into. All numbers are little-endian. */
final class BlockBytes {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT = 10;

    private byte[] bytes;
    private int size;

    BlockBytes(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void putByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        INT.set(bytes, size, value);
        size += Integer.BYTES;
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
    }

    /** Overwrites what was put at a place. */
    void setInt(int at, int value) {
        INT.set(bytes, at, value);
    }

    /** A number as unsigned 64 bits, 7 of them a byte, the lowest first. */
    void putVarint(long value) {
        reserve(MAX_VARINT);
        int at = size;
        while ((value & ~0x7fL) != 0) {
            bytes[at++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[at++] = (byte) value;
        size = at;
    }

    void putAll(BlockBytes other) {
        reserve(other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
    }

    void putText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        putVarint(encoded.length);
        reserve(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    /** Codes of {@code width} bits each, the lowest bits of a byte first. */
    void putPacked(int[] codes, int count, int width) {
        reserve(Math.toIntExact(PackedCodes.bytes(count, width)));
        long pending = 0;
        int bits = 0;
        for (int row = 0; row < count; row++) {
            pending |= (long) codes[row] << bits;
            bits += width;
            while (bits >= Byte.SIZE) {
                bytes[size++] = (byte) pending;
                pending >>>= Byte.SIZE;
                bits -= Byte.SIZE;
            }
        }
        if (bits > 0) {
            bytes[size++] = (byte) pending;
        }
    }

    /** Ends with the checksum of everything before. */
    byte[] finish() {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, size);
        putInt((int) checksum.getValue());
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), size + (size >> 1)));
        }
    }
}
