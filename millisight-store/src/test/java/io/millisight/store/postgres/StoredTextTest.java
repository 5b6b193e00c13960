package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StoredTextTest {

    /** Rich in what is special: marks of ours, halves of pairs, NUL. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "\\", "u", "0000", "d800", "5c", "~", "\0", "\uD800", "\uDC00", "\uD83D\uDE00", "a", "é", "/")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 2_000)
    void whatIsStoredCanBeStoredAndIsRestored(@ForAll("texts") String text) {
        String stored = StoredText.storable(text);
        assertThat(StoredText.restored(stored)).isEqualTo(text);
        assertThat(stored).doesNotContain("\0");
        assertThat(new String(stored.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(stored);
        assertThat(StoredText.isCut(stored)).isFalse();
    }

    @Property(tries = 2_000)
    void cutTextFitsAndSaysThatItIsCut(@ForAll("texts") String text) {
        String stored = StoredText.storable(text);
        String cut = StoredText.cut(stored, 50);
        assertThat(cut.codePointCount(0, cut.length())).isLessThanOrEqualTo(50);
        if (stored.codePointCount(0, stored.length()) <= 50) {
            assertThat(cut).isEqualTo(stored);
        } else {
            assertThat(StoredText.isCut(cut)).isTrue();
        }
    }

    @Example
    void ordinaryTextIsStoredAsItIs() {
        for (String text :
                List.of("", "/orders/{id}", "DOMAIN\\user", "C:\\temp", "zoë \uD83D\uDE00", "a~b", "\\u12")) {
            assertThat(StoredText.storable(text)).isEqualTo(text);
        }
        assertThat(StoredText.storable("a\0b")).isEqualTo("a\\u0000b");
        assertThat(StoredText.storable("a\\u0000b")).isEqualTo("a\\u005cu0000b");
    }

    @Example
    void longTextsThatBeginAlikeStayDifferent() {
        String alike = "x".repeat(300);
        assertThat(StoredText.cut(alike + "1", 255)).hasSize(255).isNotEqualTo(StoredText.cut(alike + "2", 255));
    }
}
