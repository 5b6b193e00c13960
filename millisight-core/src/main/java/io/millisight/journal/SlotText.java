package io.millisight.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * UTF-8 text, written without allocation. What is no text (half a surrogate pair) becomes {@code ?}.
 */
final class SlotText {

    private SlotText() {}

    /** Bytes of as many whole leading characters of {@code text} as fit into {@code limit} bytes; 0 for null. */
    static int bytes(@Nullable String text, int limit) {
        if (text == null) {
            return 0;
        }
        int length = text.length();
        int ascii = 0;
        while (ascii < length && text.charAt(ascii) < 0x80) {
            ascii++;
        }
        if (ascii == length || ascii >= limit) {
            return Math.min(ascii, limit);
        }
        int bytes = ascii;
        for (int i = ascii; i < length; ) {
            int codePoint = codePointAt(text, i, length);
            int width = width(codePoint);
            if (bytes + width > limit) {
                break;
            }
            bytes += width;
            i += codePoint > 0xffff ? 2 : 1;
        }
        return bytes;
    }

    /**
     * Writes the leading {@code bytes} bytes of {@code text}, a number that {@link #bytes} gave, as the record's text from
     * byte {@code index} on.
     */
    static void write(String text, int bytes, SlotSpan span, ByteBuffer buffer, long position, int index) {
        int length = text.length();
        int end = index + bytes;
        int ascii = writeAscii(text, bytes, span, buffer, position, index);
        index += ascii;
        for (int i = ascii; index < end; ) {
            int codePoint = codePointAt(text, i, length);
            switch (width(codePoint)) {
                case 1 -> span.putText(buffer, position, index++, (byte) codePoint);
                case 2 -> {
                    span.putText(buffer, position, index++, (byte) (0xc0 | (codePoint >> 6)));
                    span.putText(buffer, position, index++, trailing(codePoint));
                }
                case 3 -> {
                    span.putText(buffer, position, index++, (byte) (0xe0 | (codePoint >> 12)));
                    span.putText(buffer, position, index++, trailing(codePoint >> 6));
                    span.putText(buffer, position, index++, trailing(codePoint));
                }
                default -> {
                    span.putText(buffer, position, index++, (byte) (0xf0 | (codePoint >> 18)));
                    span.putText(buffer, position, index++, trailing(codePoint >> 12));
                    span.putText(buffer, position, index++, trailing(codePoint >> 6));
                    span.putText(buffer, position, index++, trailing(codePoint));
                }
            }
            i += codePoint > 0xffff ? 2 : 1;
        }
    }

    /** Writes the leading characters of one byte, as nearly all are, in straight runs; gives their number. */
    private static int writeAscii(String text, int bytes, SlotSpan span, ByteBuffer buffer, long position, int index) {
        int written = 0;
        while (written < bytes) {
            int runEnd = written + Math.min(bytes - written, SlotSpan.textRun(index + written));
            int offset = span.textOffset(position, index + written) - written;
            while (written < runEnd && text.charAt(written) < 0x80) {
                buffer.put(offset + written, (byte) text.charAt(written));
                written++;
            }
            if (written < runEnd) {
                break;
            }
        }
        return written;
    }

    /** Text of these bytes; null for none. */
    static @Nullable String read(byte[] bytes, int from, int length) {
        return length == 0 ? null : new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private static byte trailing(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }

    private static int codePointAt(String text, int i, int length) {
        char first = text.charAt(i);
        if (!Character.isSurrogate(first)) {
            return first;
        }
        if (Character.isHighSurrogate(first) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
            return Character.toCodePoint(first, text.charAt(i + 1));
        }
        return '?';
    }

    private static int width(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
