package io.millisight.sketch;

import java.util.Arrays;

/**
 * Adds bodies of serialized sketches to sketches. Keeps its arrays, so that adding many makes no objects. Not thread-safe.
 *
 * <p>A body is unpacked and checked as a whole, then added: damaged bytes change nothing.
 */
public final class SketchDecoder {

    private static final int LONG_GAP = SketchCodec.LONG_GAP;

    private final Varint reader = new Varint();
    private int[] indexes = new int[512];
    private long[] times = new long[512];

    /**
     * Adds a body, as {@link SketchCodec#putBody} writes it, to a sketch.
     *
     * @throws SketchFormatException when the bytes are no sketch; nothing is changed then
     * @throws ArithmeticException when more than {@link Sketch#MAX_COUNT} would be counted; nothing is changed then
     */
    public void addBodyTo(byte[] bytes, int offset, int length, Sketch target) {
        reader.reset(bytes, offset, length);
        long count = reader.next();
        if (count == 0 && reader.remaining() == 0) {
            return;
        }
        long min = reader.next();
        long spread = reader.next();
        long sum = reader.next();
        long clamped = reader.next();
        long max = min + spread;
        if (count < 1 || min < 0 || spread < 0 || max < 0 || sum < max || clamped < 0 || clamped > count) {
            throw new SketchFormatException("sketch: impossible totals");
        }
        int buckets = unpack(bytes, reader.position(), offset + length, count);
        if (buckets == 0 || indexes[0] != Scale.clampedIndex(min) || indexes[buckets - 1] != Scale.clampedIndex(max)) {
            throw new SketchFormatException("sketch: its buckets do not reach from its minimum to its maximum");
        }
        target.add(buckets, indexes, times, count, sum, min, max, clamped);
    }

    /** Unpacks the tokens, which must add up to the count; gives their number. */
    private int unpack(byte[] bytes, int from, int end, long count) {
        if (indexes.length < end - from) {
            indexes = Arrays.copyOf(indexes, end - from);
            times = Arrays.copyOf(times, end - from);
        }
        int at = from;
        int buckets = 0;
        int index = Scale.MIN_INDEX - 1;
        long left = count;
        while (at < end && left > 0) {
            long token = bytes[at++];
            if (token < 0 && at < end) {
                int high = bytes[at++];
                token = (token & 0x7f) | ((long) high << 7);
                if (high < 0) {
                    at -= 2;
                    token = next(bytes, at, end);
                    at = reader.position();
                }
            }
            int gap = (int) token & LONG_GAP;
            if (gap == LONG_GAP) {
                long more = next(bytes, at, end);
                at = reader.position();
                gap = more < 0 || more > Scale.MAX_INDEX ? Scale.MAX_INDEX + 2 : LONG_GAP + (int) more;
            }
            index += gap + 1;
            if (token < 0 || index > Scale.MAX_INDEX) {
                throw new SketchFormatException("sketch: impossible bucket before byte " + at);
            }
            long counted = (token >>> 3) + 1;
            indexes[buckets] = index;
            times[buckets++] = counted;
            left -= counted;
        }
        if (left != 0 || at != end) {
            throw new SketchFormatException("sketch: its buckets do not add up to its count");
        }
        return buckets;
    }

    private long next(byte[] bytes, int at, int end) {
        reader.reset(bytes, at, end - at);
        return reader.next();
    }
}
