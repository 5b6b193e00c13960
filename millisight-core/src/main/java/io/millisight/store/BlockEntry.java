package io.millisight.store;

/**
 * What a store knows of a request block without decoding it. For store authors.
 *
 * @param firstSequence number of its first request; the others follow without a gap
 * @param sourceId which instance of which service, in the store's numbers
 * @param requests how many
 * @param firstAtMicros earliest completion, in microseconds since 1970
 * @param lastAtMicros latest completion, in microseconds since 1970
 * @param level 0 as it was flushed, 1 merged for its minute, 2 merged for its hour
 * @param bytes of the encoded block
 */
public record BlockEntry(
        long firstSequence, int sourceId, int requests, long firstAtMicros, long lastAtMicros, int level, int bytes) {

    /** The number that follows this block's last. */
    public long endSequence() {
        return firstSequence + requests;
    }
}
