package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.MillisightSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConfigTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/internal", "/internal/monitor", "/a.b_c~d-e/2"})
    void takesPlainPaths(String basePath) {
        assertThat(new HttpConfig(basePath, Access.LOCAL, null).basePath()).isEqualTo(basePath);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "internal",
                "/internal/",
                "//",
                "/a//b",
                "/..",
                "/a/../b",
                "/a b",
                "/%41",
                "/a;b",
                "/{x}",
                "/*"
            })
    void refusesOtherPathsByName(String basePath) {
        assertThatThrownBy(() -> new HttpConfig(basePath, Access.LOCAL, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("base-path: '" + basePath + "'; allowed: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "has a space in it", "line\nbreak-in-it", "schlüsselwort"})
    void refusesATokenThatNoHeaderCanCarryAndDoesNotShowIt(String token) {
        assertThatThrownBy(() -> new HttpConfig("/", Access.LOCAL, token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("token: a value of " + token.length() + " characters, not shown; allowed: ");
    }

    @Test
    void needsATokenWhereNothingElseAdmits() {
        assertThatThrownBy(() -> new HttpConfig("/", Access.TOKEN, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("token: none; allowed: ");
    }

    @Test
    void keepsTheTokenOutOfItsText() {
        assertThat(new HttpConfig("/", Access.TOKEN, "correct-horse"))
                .hasToString("HttpConfig[basePath=/, access=TOKEN, token=set]");
        assertThat(HttpConfig.defaults()).hasToString("HttpConfig[basePath=/, access=LOCAL, token=none]");
    }

    @Test
    void readsSettings() {
        assertThat(HttpConfig.from(MillisightSettings.of(Map.of()))).isEqualTo(HttpConfig.defaults());
        assertThat(HttpConfig.from(MillisightSettings.of(
                        Map.of("base-path", "/internal", "access", "Token", "token", "correct-horse"))))
                .isEqualTo(new HttpConfig("/internal", Access.TOKEN, "correct-horse"));
        assertThat(HttpConfig.from(MillisightSettings.of(Map.of("access", "open")))
                        .access())
                .isEqualTo(Access.OPEN);
        assertThat(HttpConfig.from(MillisightSettings.of(Map.of("access", "local")))
                        .access())
                .isEqualTo(Access.LOCAL);
        assertThatThrownBy(() -> HttpConfig.from(MillisightSettings.of(Map.of("access", "everyone"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("access: 'everyone'; allowed: local, token or open");
    }
}
