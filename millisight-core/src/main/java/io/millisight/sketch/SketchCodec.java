package io.millisight.sketch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The serialized form of a sketch, byte by byte in {@code docs/format/sketch.md}.
 *
 * <pre>
 * framed:  magic 'S' | version 1 | body | CRC32C of all before, 4 bytes, little-endian
 * body:    count                          varint; nothing follows a 0
 *          min, max - min, sum, clamped   varints
 *          every octave from that of min to that of max, as {@link OctaveForm} has it
 * </pre>
 *
 * <p>Equal sketches have equal bytes. A bare body is for containers with a checksum of their own; the container knows its
 * length.
 */
public final class SketchCodec {

    private static final byte MAGIC = 'S';
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_TOTALS_BYTES = 5 * Varint.MAX_BYTES;

    private SketchCodec() {}

    /** The framed form. */
    public static byte[] encode(Sketch sketch) {
        ByteBuffer target = ByteBuffer.allocate(HEADER_BYTES + maxBodyBytes(sketch) + CHECKSUM_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        target.put(MAGIC).put(VERSION);
        putBody(sketch, target);
        CRC32C checksum = new CRC32C();
        checksum.update(target.array(), 0, target.position());
        target.putInt((int) checksum.getValue());
        byte[] bytes = new byte[target.position()];
        target.flip().get(bytes);
        return bytes;
    }

    /**
     * The sketch of a framed form.
     *
     * @throws SketchFormatException when the bytes are no undamaged sketch
     */
    public static SketchSnapshot decode(byte[] bytes) {
        Sketch sketch = new Sketch();
        addTo(bytes, sketch);
        return sketch.snapshot();
    }

    /**
     * Adds a framed form to a sketch.
     *
     * @throws SketchFormatException when the bytes are no undamaged sketch; nothing is changed then
     * @throws ArithmeticException when more than {@link Sketch#MAX_COUNT} would be counted; nothing is changed then
     */
    public static void addTo(byte[] bytes, Sketch target) {
        int body = bytes.length - HEADER_BYTES - CHECKSUM_BYTES;
        if (body < 1 || bytes[0] != MAGIC || bytes[1] != VERSION) {
            throw new SketchFormatException("sketch of " + bytes.length + " bytes: no sketch of version " + VERSION);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, HEADER_BYTES + body);
        int stored = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER_BYTES + body);
        if (stored != (int) checksum.getValue()) {
            throw new SketchFormatException("sketch of " + bytes.length + " bytes: wrong checksum");
        }
        new SketchDecoder().addBodyTo(bytes, HEADER_BYTES, body, target);
    }

    /** At most so many bytes does {@link #putBody} write. */
    public static int maxBodyBytes(Sketch sketch) {
        return MAX_TOTALS_BYTES + Sketch.OCTAVES + OctaveForm.MAX_COUNTER_BYTES * sketch.bucketCount();
    }

    /** Appends the body, which {@link SketchDecoder} reads. */
    public static void putBody(Sketch sketch, ByteBuffer target) {
        Varint.put(target, sketch.count());
        if (sketch.count() > 0) {
            Varint.put(target, sketch.minNanos());
            Varint.put(target, sketch.maxNanos() - sketch.minNanos());
            Varint.put(target, sketch.sumNanos());
            Varint.put(target, sketch.clamped());
            long[] counters = new long[Scale.OCTAVE];
            for (int octave = sketch.firstOctave(); octave <= sketch.lastOctave(); octave++) {
                sketch.copyOctave(octave, counters);
                OctaveForm.put(counters, target);
            }
        }
    }
}
