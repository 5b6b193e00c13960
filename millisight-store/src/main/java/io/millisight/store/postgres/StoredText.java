package io.millisight.store.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Text as PostgreSQL can hold it, so that different texts stay different.
 *
 * <p>NUL and half a surrogate pair, which its UTF-8 has no place for, become an escape as in Java: a backslash, {@code u} and four
 * hexadecimal digits. A backslash is escaped likewise where it would look like one of our own marks, and nowhere else.
 * Text too long for its column is cut, and ends in a backslash, a tilde and a hash of the whole.
 */
final class StoredText {

    /** Width of {@code api_metrics.endpoint} and {@code user_id}, in code points. */
    static final int WIDE = 255;

    private static final String CUT = "\\~";
    private static final int HASH_DIGITS = 32;
    private static final int ESCAPE = 6;

    private StoredText() {}

    /** The text, or a text that {@link #restored} turns into it. */
    static String storable(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == 0 || c == '\\' || Character.isSurrogate(c)) {
                return escaped(text, at);
            }
        }
        return text;
    }

    static @Nullable String storableOrNull(@Nullable String text) {
        return text == null ? null : storable(text);
    }

    static @Nullable String restoredOrNull(@Nullable String stored) {
        return stored == null ? null : restored(stored);
    }

    private static String escaped(String text, int from) {
        StringBuilder escaped = new StringBuilder(text.length() + ESCAPE).append(text, 0, from);
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (isPair(text, at)) {
                escaped.append(c).append(text.charAt(++at));
            } else if (c == 0 || Character.isSurrogate(c) || isMark(text, at)) {
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** What {@link #storable} was given. */
    static String restored(String stored) {
        if (stored.indexOf('\\') < 0) {
            return stored;
        }
        StringBuilder restored = new StringBuilder(stored.length());
        for (int at = 0; at < stored.length(); at++) {
            if (isEscape(stored, at)) {
                restored.append((char) HexFormat.fromHexDigits(stored, at + 2, at + ESCAPE));
                at += ESCAPE - 1;
            } else {
                restored.append(stored.charAt(at));
            }
        }
        return restored.toString();
    }

    /** Storable text of at most so many code points; itself where it is short enough. */
    static String cut(String storable, int most) {
        if (storable.length() <= most || storable.codePointCount(0, storable.length()) <= most) {
            return storable;
        }
        int kept = storable.offsetByCodePoints(0, most - CUT.length() - HASH_DIGITS);
        byte[] hash = sha256(storable);
        return storable.substring(0, kept) + CUT + HexFormat.of().formatHex(hash, 0, HASH_DIGITS / 2);
    }

    /** Whether {@link #cut} has shortened it. */
    static boolean isCut(String stored) {
        return stored.contains(CUT);
    }

    static byte[] sha256(String storable) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(storable.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    private static boolean isMark(String text, int at) {
        return text.startsWith(CUT, at) || isEscape(text, at);
    }

    private static boolean isEscape(String text, int at) {
        if (!text.startsWith("\\u", at) || at + ESCAPE > text.length()) {
            return false;
        }
        for (int digit = at + 2; digit < at + ESCAPE; digit++) {
            char c = text.charAt(digit);
            boolean isDigit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (!isDigit) {
                return false;
            }
        }
        return true;
    }
}
