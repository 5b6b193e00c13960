package io.millisight.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * UTF-8 text, written without allocation. What is no text (half a surrogate pair) becomes {@code ?}.
 */
final class SlotText {

    private SlotText() {}

    /** Whether the leading {@code bytes} bytes of {@code text} are as many characters, of one byte each. */
    static boolean isAscii(String text, int bytes) {
        if (bytes > text.length()) {
            return false;
        }
        int bits = 0;
        for (int i = 0; i < bytes; i++) {
            bits |= text.charAt(i);
        }
        return bits < 0x80;
    }

    /**
     * Eight bytes of a record's text as a word: user id, then path, then zeros. Both {@link #isAscii}.
     *
     * @param index of the first of them
     */
    static long word(String userId, int userBytes, String path, int pathBytes, int index) {
        int behind = index + Long.BYTES;
        if (behind <= userBytes) {
            return eight(userId, index);
        }
        if (index >= userBytes && behind <= userBytes + pathBytes) {
            return eight(path, index - userBytes);
        }
        long word = 0;
        for (int i = Math.min(behind, userBytes + pathBytes) - 1; i >= index; i--) {
            word = word << Byte.SIZE | (i < userBytes ? userId.charAt(i) : path.charAt(i - userBytes));
        }
        return word;
    }

    private static long eight(String text, int from) {
        return text.charAt(from)
                | (long) text.charAt(from + 1) << 8
                | (long) text.charAt(from + 2) << 16
                | (long) text.charAt(from + 3) << 24
                | (long) text.charAt(from + 4) << 32
                | (long) text.charAt(from + 5) << 40
                | (long) text.charAt(from + 6) << 48
                | (long) text.charAt(from + 7) << 56;
    }

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
        for (int i = 0; index < end; ) {
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
