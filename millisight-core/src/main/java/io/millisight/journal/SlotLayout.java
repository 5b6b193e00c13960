package io.millisight.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where everything lies in a 64-byte slot, mirrored in {@code docs/format/journal.md}. Little-endian words of 8 bytes.
 *
 * <pre>
 *  word  head slot                                     continuation slot
 *   0    completed at, nanoseconds since 1970          text
 *   1    duration in nanoseconds (48 bit) | status     text
 *   2    endpoint (32) outcome (8) user (10) path (10) text
 *   3-6  text: user id, then path, UTF-8               text
 *   7    seal                                          seal
 * </pre>
 */
final class SlotLayout {

    static final int SLOT_BYTES = 64;
    static final int SEAL_OFFSET = 56;
    static final int COMPLETED_OFFSET = 0;
    static final int DURATION_OFFSET = 8;
    static final int SHAPE_OFFSET = 16;
    static final int HEAD_TEXT_OFFSET = 24;
    static final int HEAD_TEXT_BYTES = SEAL_OFFSET - HEAD_TEXT_OFFSET;
    static final int CONTINUATION_TEXT_BYTES = SEAL_OFFSET;

    static final long MAX_DURATION_NANOS = (1L << 48) - 1;
    static final int MAX_TEXT_BYTES = (1 << 10) - 1;

    /** Ordered access to the words of a mapped or direct buffer. */
    static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SlotLayout() {}

    static long durationWord(long durationNanos, int status) {
        return Math.min(Math.max(durationNanos, 0), MAX_DURATION_NANOS) | (long) (status & 0xffff) << 48;
    }

    static long durationNanos(long durationWord) {
        return durationWord & MAX_DURATION_NANOS;
    }

    static int status(long durationWord) {
        return (int) (durationWord >>> 48);
    }

    static long shapeWord(int endpointId, int outcomeCode, int userBytes, int pathBytes) {
        return (endpointId & 0xffff_ffffL)
                | (long) (outcomeCode & 0xff) << 32
                | (long) userBytes << 40
                | (long) pathBytes << 50;
    }

    static int endpointId(long shapeWord) {
        return (int) shapeWord;
    }

    static int outcomeCode(long shapeWord) {
        return (int) (shapeWord >>> 32) & 0xff;
    }

    static int userBytes(long shapeWord) {
        return (int) (shapeWord >>> 40) & MAX_TEXT_BYTES;
    }

    static int pathBytes(long shapeWord) {
        return (int) (shapeWord >>> 50) & MAX_TEXT_BYTES;
    }

    static int textBytes(long shapeWord) {
        return userBytes(shapeWord) + pathBytes(shapeWord);
    }

    /** Slots that a record with so much text takes. */
    static int slots(int textBytes) {
        return textBytes <= HEAD_TEXT_BYTES
                ? 1
                : 1 + (textBytes - HEAD_TEXT_BYTES + CONTINUATION_TEXT_BYTES - 1) / CONTINUATION_TEXT_BYTES;
    }

    /** A zero-filled direct buffer whose slots begin on cache lines. */
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + SLOT_BYTES)
                .alignedSlice(SLOT_BYTES)
                .slice(0, bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
