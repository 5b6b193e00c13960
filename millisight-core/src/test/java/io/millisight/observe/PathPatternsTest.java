package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternsTest {

    private final PathPatterns patterns = PathPatterns.of(List.of("/health", "/static/*", "*.css"));

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/static", "/static/", "/static/a/b.js", "/a.css", "/a/b.css", "/..a/b.css"})
    void matchesThePathTheFolderAndTheEnding(String path) {
        assertThat(patterns.matches(path, 0)).isTrue();
        assertThat(patterns.matches("/app" + path, 4)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/healthy", "/health/", "/a/health", "/statics", "/a/static/b", "/a.css.map", "/a.CSS"})
    void leavesOtherPaths(String path) {
        assertThat(patterns.matches(path, 0)).isFalse();
    }

    /** Each of them is somewhere a spelling of another path. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/static/../admin",
                "/static/..",
                "/static/./x",
                "/static//x",
                "/static/%2e%2e/admin",
                "/static/..;/admin",
                "/static/x;a=b",
                "/static/..\\admin",
                "/admin;.css",
                "/admin%3b.css",
                "//static/x",
            })
    void matchesNoPathThatIsNotInNormalForm(String path) {
        assertThat(patterns.matches(path, 0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "health", "/a b", "/a/*/b", "/a*", "*", "*.", "*./a", "*.c*", "/a?b", "/a#b", "/a;b", "/a%20",
                "//a", "/a/../b", "/\u00e9"
            })
    void refusesWhatIsNoPattern(String pattern) {
        assertThatThrownBy(() -> PathPatterns.of(List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(pattern + "; allowed: " + PathPatterns.ALLOWED);
    }

    @Property
    void neverThrowsAndMatchesNothingWithoutPatterns(@ForAll String path, @ForAll byte from) {
        assertThat(PathPatterns.of(List.of()).matches(path, 0)).isFalse();
        assertThat(PathPatterns.of(List.of("/*")).matches(path, Math.max(0, from)))
                .isIn(true, false);
    }
}
