package io.millisight.sketch;

import java.util.Arrays;

/**
 * Adds bodies of serialized sketches to sketches. Keeps its memory, so that adding many makes hardly any objects. Not
 * thread-safe.
 *
 * <p>A body is unpacked and checked as a whole, then added: damaged bytes change nothing.
 */
public final class SketchDecoder {

    private static final int MAX_DENSE_BYTES = Long.BYTES * OctaveForm.MAX_WIDTH;

    private final Varint reader = new Varint();

    /** The body at hand. What its octaves do not reach is left over from bodies before. */
    private final Sketch unpacked = new Sketch();

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
        if (count < 1
                || count > Sketch.MAX_COUNT
                || min < 0
                || spread < 0
                || max < 0
                || sum < max
                || clamped < 0
                || clamped > count) {
            throw new SketchFormatException("sketch: impossible totals");
        }
        int first = Scale.clampedIndex(min);
        int last = Scale.clampedIndex(max);
        unpack(bytes, Sketch.octave(first), Sketch.octave(last), count);
        requireEnds(first, last);
        unpacked.setTotals(count, sum, min, max, clamped);
        target.add(unpacked);
    }

    /** Unpacks the octaves, which must add up to the count and fill the body. */
    private void unpack(byte[] bytes, int firstOctave, int lastOctave, long count) {
        unpacked.dropCarries();
        long left = count;
        for (int octave = firstOctave; octave <= lastOctave; octave++) {
            long form = reader.next();
            if (form > OctaveForm.DENSE) {
                left -= dense(bytes, (int) Math.min(form - OctaveForm.DENSE, Integer.MAX_VALUE), octave);
            } else if (form > 0) {
                left = sparse((int) form, octave, left);
            } else {
                unpacked.dropPage(octave);
            }
            if (form < 0 || left < 0) {
                throw new SketchFormatException("sketch: impossible octave before byte " + reader.position());
            }
        }
        if (left != 0 || reader.remaining() != 0) {
            throw new SketchFormatException("sketch: its buckets do not add up to its count");
        }
    }

    /** Gives the sum of the counters. */
    private long dense(byte[] bytes, int width, int octave) {
        int from = reader.position();
        if (width > OctaveForm.MAX_WIDTH || Long.BYTES * width > reader.remaining()) {
            throw new SketchFormatException("sketch: impossible octave before byte " + from);
        }
        int length = Long.BYTES * width;
        reader.skip(length);
        int[] page = unpacked.page(octave);
        return bytes.length - from >= length + Long.BYTES
                ? OctaveForm.unpackDense(bytes, from, width, page)
                : OctaveForm.unpackDense(padded(bytes, from, length), 0, width, page);
    }

    /** A copy with the bytes that {@link OctaveForm#unpackDense} reads beyond. */
    private static byte[] padded(byte[] bytes, int from, int length) {
        return Arrays.copyOf(Arrays.copyOfRange(bytes, from, from + length), MAX_DENSE_BYTES + Long.BYTES);
    }

    /** Gives what is left of the count. */
    private long sparse(int tokens, int octave, long count) {
        int[] page = unpacked.page(octave);
        Arrays.fill(page, 0);
        long left = count;
        int at = -1;
        for (int token = 0; token < tokens; token++) {
            long packed = reader.next();
            long gap = packed & OctaveForm.LONG_GAP;
            if (gap == OctaveForm.LONG_GAP) {
                long more = reader.next();
                gap = more < 0 ? Scale.OCTAVE : gap + Math.min(more, Scale.OCTAVE);
            }
            at += (int) gap + 1;
            long times = (packed >>> 3) + 1;
            left -= times;
            if (packed < 0 || at >= Scale.OCTAVE || left < 0) {
                throw new SketchFormatException("sketch: impossible bucket before byte " + reader.position());
            }
            page[at] = (int) times;
            if (times >>> 32 != 0) {
                unpacked.carry((octave << Scale.SCALE) + at, (int) (times >>> 32));
            }
        }
        return left;
    }

    private void requireEnds(int first, int last) {
        int octaveBegin = first & -Scale.OCTAVE;
        int octaveEnd = last | (Scale.OCTAVE - 1);
        if (unpacked.isEmpty(first, first)
                || unpacked.isEmpty(last, last)
                || (first > octaveBegin && !unpacked.isEmpty(octaveBegin, first - 1))
                || (last < octaveEnd && !unpacked.isEmpty(last + 1, octaveEnd))) {
            throw new SketchFormatException("sketch: its buckets do not reach from its minimum to its maximum");
        }
    }
}
