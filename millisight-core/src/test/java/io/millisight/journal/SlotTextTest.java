package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SlotTextTest {

    private static final SlotSpan SPAN = new SlotSpan(0, 0, 64);

    @Property(tries = 1_000)
    void writesWhatStringWouldEncode(@ForAll("anyText") String text, @ForAll @IntRange(max = 63) int position) {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        assertThat(SlotText.bytes(text, Integer.MAX_VALUE)).isEqualTo(expected.length);
        assertThat(written(text, expected.length, position)).isEqualTo(expected);
    }

    @Property(tries = 1_000)
    void cutsAtWholeCharacters(@ForAll("anyText") String text, @ForAll @IntRange(max = 200) int limit) {
        int bytes = SlotText.bytes(text, limit);
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        byte[] cut = Arrays.copyOf(all, bytes);
        assertThat(bytes).isLessThanOrEqualTo(limit);
        assertThat(written(text, bytes, 0)).isEqualTo(cut);
        assertThat(new String(cut, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                .as("no half character")
                .isEqualTo(cut);
        assertThat(bytes == all.length || limit - bytes < 4)
                .as("as many as fit")
                .isTrue();
    }

    @Test
    void writesAQuestionMarkForHalfASurrogatePair() {
        assertThat(written("\ud83d", 1, 0)).isEqualTo(new byte[] {'?'});
        assertThat(written("\ude00", 1, 0)).isEqualTo(new byte[] {'?'});
        assertThat(written("\ud83dx", 2, 0)).isEqualTo(new byte[] {'?', 'x'});
        assertThat(written("\ude00\ud83d", 2, 0)).isEqualTo(new byte[] {'?', '?'});
    }

    @Test
    void hasNoBytesForNull() {
        assertThat(SlotText.bytes(null, 10)).isZero();
    }

    @Test
    void readsNoBytesAsNull() {
        assertThat(SlotText.read(new byte[0], 0, 0)).isNull();
        assertThat(SlotText.read(new byte[] {'a', 'b', 'c'}, 1, 2)).isEqualTo("bc");
    }

    @Property
    void wordsOfAsciiTextAreItsBytesAndThenZeros(
            @ForAll("ascii") String userId, @ForAll("ascii") String path, @ForAll @IntRange(max = 40) int words) {
        byte[] expected = Arrays.copyOf((userId + path).getBytes(StandardCharsets.US_ASCII), (words + 1) * Long.BYTES);

        long word = SlotText.word(userId, userId.length(), path, path.length(), words * Long.BYTES);

        assertThat(word)
                .isEqualTo(
                        ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).getLong(words * Long.BYTES));
    }

    @Property
    void isAsciiWhenItsBytesAreItsCharacters(@ForAll("anyText") String text, @ForAll @IntRange(max = 400) int limit) {
        int bytes = SlotText.bytes(text, limit);
        byte[] utf8 = written(text, bytes, 0);

        assertThat(SlotText.isAscii(text, bytes))
                .isEqualTo(new String(utf8, StandardCharsets.US_ASCII)
                        .equals(text.substring(0, Math.min(bytes, text.length()))));
    }

    @Provide
    Arbitrary<String> ascii() {
        return Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(120);
    }

    @Provide
    Arbitrary<String> anyText() {
        Arbitrary<Character> ascii = Arbitraries.chars().range(' ', '~');
        Arbitrary<Character> any = Arbitraries.chars().range(Character.MIN_VALUE, Character.MAX_VALUE);
        Arbitrary<Character> surrogate = Arbitraries.chars().range('\ud800', '\udfff');
        return Arbitraries.oneOf(
                ascii.list().ofMaxSize(300).map(SlotTextTest::text),
                any.list().ofMaxSize(100).map(SlotTextTest::text),
                Arbitraries.oneOf(surrogate, ascii).list().ofMaxSize(100).map(SlotTextTest::text));
    }

    private static String text(Iterable<Character> characters) {
        StringBuilder text = new StringBuilder();
        characters.forEach(text::append);
        return text.toString();
    }

    private static byte[] written(String text, int bytes, long position) {
        ByteBuffer buffer = SlotLayout.allocate(64 * SlotLayout.SLOT_BYTES);
        int from = 5;
        SlotText.write(text, bytes, SPAN, buffer, position, from);
        byte[] written = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            written[i] = SPAN.text(buffer, position, from + i);
        }
        return written;
    }
}
