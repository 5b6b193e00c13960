package io.millisight.sketch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The two serialized forms of an octave's 64 counters, told apart by the byte that they begin with.
 *
 * <pre>
 * sparse:  n, 0 to 64    then n tokens, one per counter that is not 0, in rising order:
 *                          varint((times - 1) &lt;&lt; 3 | min(gap - 1, 7)), then varint(gap - 8) if gap - 1 &gt;= 7
 * dense:   64 + width    then 64 counters of width bits, 1 to 28, the first in the lowest bits: 8 * width bytes
 * </pre>
 *
 * <p>A gap is the distance from the counter before, from -1 for the first. Dense is read without a branch that depends on
 * the data, several times as fast; so the writer chooses it unless sparse saves more than an eighth.
 */
final class OctaveForm {

    /** What begins a dense octave, less its width. */
    static final int DENSE = Scale.OCTAVE;

    /** The widest counters that are stored densely: two, at any bit of a byte, lie within the 8 bytes read at once. */
    static final int MAX_WIDTH = 28;

    /** In a token: the gap follows as a number of its own. */
    static final int LONG_GAP = 7;

    /** The most that one counter takes: a token with a long gap, and the eighth more that dense may cost. */
    static final int MAX_COUNTER_BYTES = (Varint.MAX_BYTES + 1) * 9 / 8 + 1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int BYTE_SHIFT = 3;
    private static final int IN_BYTE = 7;

    private OctaveForm() {}

    /** Appends the 64 counters. */
    static void put(long[] counters, ByteBuffer target) {
        int used = 0;
        int sparse = 0;
        int before = -1;
        long all = 0;
        for (int at = 0; at < Scale.OCTAVE; at++) {
            if (counters[at] != 0) {
                used++;
                all |= counters[at];
                int gap = at - before;
                sparse += Varint.bytes(token(counters[at], gap)) + (gap - 1 >= LONG_GAP ? 1 : 0);
                before = at;
            }
        }
        int width = Long.SIZE - Long.numberOfLeadingZeros(all);
        if (used > 0 && width <= MAX_WIDTH && Long.BYTES * width <= sparse + sparse / 8) {
            target.put((byte) (DENSE + width));
            putDense(counters, width, target);
        } else {
            target.put((byte) used);
            putSparse(counters, target);
        }
    }

    private static void putSparse(long[] counters, ByteBuffer target) {
        int before = -1;
        for (int at = 0; at < Scale.OCTAVE; at++) {
            if (counters[at] != 0) {
                int gap = at - before;
                Varint.put(target, token(counters[at], gap));
                if (gap - 1 >= LONG_GAP) {
                    Varint.put(target, gap - 1 - LONG_GAP);
                }
                before = at;
            }
        }
    }

    private static long token(long times, int gap) {
        return (times - 1) << 3 | Math.min(gap - 1, LONG_GAP);
    }

    private static void putDense(long[] counters, int width, ByteBuffer target) {
        long bits = 0;
        int filled = 0;
        for (long counter : counters) {
            bits |= counter << filled;
            filled += width;
            for (; filled >= Byte.SIZE; filled -= Byte.SIZE) {
                target.put((byte) bits);
                bits >>>= Byte.SIZE;
            }
        }
    }

    /**
     * Unpacks a dense octave into the 64 counters of a page, and gives their sum. Reads up to 8 bytes beyond the octave, which
     * must lie within the array.
     */
    static long unpackDense(byte[] bytes, int from, int width, int[] page) {
        return width <= Byte.SIZE ? unpackNarrow(bytes, from, width, page) : unpackWide(bytes, from, width, page);
    }

    /** Eight counters of at most 8 bits begin at a byte, and lie within 8 bytes. */
    private static long unpackNarrow(byte[] bytes, int from, int width, int[] page) {
        int mask = (1 << width) - 1;
        int sum = 0;
        int next = from;
        for (int at = 0; at < Scale.OCTAVE; at += 8) {
            long bits = (long) LONGS.get(bytes, next);
            next += width;
            int a = (int) bits & mask;
            int b = (int) (bits >>>= width) & mask;
            int c = (int) (bits >>>= width) & mask;
            int d = (int) (bits >>>= width) & mask;
            int e = (int) (bits >>>= width) & mask;
            int f = (int) (bits >>>= width) & mask;
            int g = (int) (bits >>>= width) & mask;
            int h = (int) (bits >>> width) & mask;
            page[at] = a;
            page[at + 1] = b;
            page[at + 2] = c;
            page[at + 3] = d;
            page[at + 4] = e;
            page[at + 5] = f;
            page[at + 6] = g;
            page[at + 7] = h;
            sum += a + b + c + d + e + f + g + h;
        }
        return sum;
    }

    private static long unpackWide(byte[] bytes, int from, int width, int[] page) {
        int mask = (1 << width) - 1;
        long sum = 0;
        int bit = 0;
        for (int at = 0; at < Scale.OCTAVE; at += 2) {
            long bits = (long) LONGS.get(bytes, from + (bit >>> BYTE_SHIFT)) >>> (bit & IN_BYTE);
            bit += 2 * width;
            int a = (int) bits & mask;
            int b = (int) (bits >>> width) & mask;
            page[at] = a;
            page[at + 1] = b;
            sum += a + b;
        }
        return sum;
    }
}
