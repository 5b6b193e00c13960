package io.millisight.journal;

import java.nio.ByteBuffer;

/** A mutant's way to write a freed position: both copies side by side, so that for an instant neither is whole. */
public final class BothCopiesAtOnce {

    private static final long MAGIC = 0x314e_5255_4f4a_534dL;

    private BothCopiesAtOnce() {}

    /** Stands in for the method of {@link RingFile}. */
    public static void putFreed(ByteBuffer buffer, int lane, long position) {
        int offset = RingFile.FREED_OFFSET + lane * RingFile.FREED_STRIDE;
        long check = Seal.seed(MAGIC, lane, position);
        buffer.putLong(offset, position);
        buffer.putLong(offset + RingFile.FREED_COPY, position);
        buffer.putLong(offset + Long.BYTES, check);
        buffer.putLong(offset + RingFile.FREED_COPY + Long.BYTES, check);
    }
}
