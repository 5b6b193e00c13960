package io.millisight.journal;

import static io.millisight.journal.SlotLayout.CONTINUATION_TEXT_BYTES;
import static io.millisight.journal.SlotLayout.HEAD_TEXT_BYTES;
import static io.millisight.journal.SlotLayout.HEAD_TEXT_OFFSET;
import static io.millisight.journal.SlotLayout.SLOT_BYTES;

import java.nio.ByteBuffer;

/**
 * One lane's part of the ring: where its slots lie in the buffer. A record's slots follow one another and wrap at the end.
 *
 * @param lane number of the lane
 * @param base offset of its first slot
 * @param slots how many slots it has, a power of two
 */
record SlotSpan(int lane, int base, long slots) {

    /** Offset of the slot at this absolute position. */
    int offset(long position) {
        return base + (int) (position & (slots - 1)) * SLOT_BYTES;
    }

    void putText(ByteBuffer buffer, long position, int index, byte value) {
        buffer.put(textOffset(position, index), value);
    }

    byte text(ByteBuffer buffer, long position, int index) {
        return buffer.get(textOffset(position, index));
    }

    /** Where the byte of a record's text lies. */
    int textOffset(long position, int index) {
        if (index < HEAD_TEXT_BYTES) {
            return offset(position) + HEAD_TEXT_OFFSET + index;
        }
        int behindHead = index - HEAD_TEXT_BYTES;
        return offset(position + 1 + behindHead / CONTINUATION_TEXT_BYTES) + behindHead % CONTINUATION_TEXT_BYTES;
    }
}
