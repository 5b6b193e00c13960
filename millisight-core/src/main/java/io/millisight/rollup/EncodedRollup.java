package io.millisight.rollup;

import io.millisight.sketch.Sketch;
import io.millisight.sketch.SketchDecoder;
import io.millisight.sketch.SketchFormatException;
import io.millisight.sketch.Varint;

/**
 * A stored rollup inside a pack: a view on its bytes, added to a {@link Rollup} without a detour over objects.
 *
 * <p>One instance moves from entry to entry, so that a view is valid only during the call that hands it over.
 */
public final class EncodedRollup {

    /** The counters beside {@code requests}, in the order of their bits in an entry. */
    static final int COUNTERS = 6;

    private final byte[] pack;
    private final SketchDecoder decoder = new SketchDecoder();
    private final long[] counters = new long[COUNTERS];
    private long requests;
    private int latencyOffset;
    private int latencyLength;

    EncodedRollup(byte[] pack) {
        this.pack = pack;
    }

    /** Moves to the entry whose endpoint id has just been read, and the reader behind it. */
    void moveTo(Varint reader) {
        requests = reader.next();
        long present = reader.next();
        boolean sound = requests >= 0 && present >= 0 && present < 1 << COUNTERS;
        for (int counter = 0; counter < COUNTERS; counter++) {
            counters[counter] = ((present >> counter) & 1) == 0 ? 0 : reader.next();
            sound &= counters[counter] >= 0 && counters[counter] <= requests;
        }
        long length = reader.next();
        if (!sound || length < 1 || length > reader.remaining()) {
            throw new RollupFormatException("rollup pack: impossible entry before byte " + reader.position());
        }
        latencyOffset = reader.position();
        latencyLength = (int) length;
        reader.skip(latencyLength);
    }

    /** All requests, streams included. */
    public long requests() {
        return requests;
    }

    public long serverErrors() {
        return counters[0];
    }

    public long clientErrors() {
        return counters[1];
    }

    public long exceptions() {
        return counters[2];
    }

    public long clientAborts() {
        return counters[3];
    }

    public long timeouts() {
        return counters[4];
    }

    public long streams() {
        return counters[5];
    }

    /** Adds the durations; nothing is changed when they are damaged. */
    void addLatencyTo(Sketch latency) {
        try {
            decoder.addBodyTo(pack, latencyOffset, latencyLength, latency);
        } catch (SketchFormatException e) {
            throw new RollupFormatException("rollup pack: damaged entry at byte " + latencyOffset, e);
        }
    }
}
