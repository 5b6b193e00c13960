package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteNormalizerTest {

    @ParameterizedTest
    @CsvSource({
        "/orders, /orders",
        "/orders/17, /orders/{id}",
        "/orders/17/items/3, /orders/{id}/items/{id}",
        "/days/2026-11-23, /days/{id}",
        "/users/6f9619ff-8b86-d011-b42d-00cf4fc964ff, /users/{id}",
        "/users/6F9619FF-8B86-D011-B42D-00CF4FC964FF/x, /users/{id}/x",
        "/blobs/da39a3ee5e6b4b0d3255bfef95601890afd80709, /blobs/{id}",
        "/users/ada@example.org, /users/{id}",
        "/users/ada%40example.org, /users/{id}",
        "/api/v1/facade, /api/v1/facade",
        "/decade/added, /decade/added",
        "/cart;jsessionid=0123456789, /cart",
        "/a//b/, /a/b",
        "/search?q=1, /search",
        "/a b, /{id}",
        "orders/17, /orders/{id}",
        "/@me, /@me",
        "'', /",
        "/, /",
    })
    void namesValuesAndKeepsWords(String path, String route) {
        assertThat(RouteNormalizer.normalize(path)).isEqualTo(route);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\u001b[31m", "a\u0085b", "a\u202eb"})
    void keepsNothingThatCouldForgeALogLine(String part) {
        assertThat(RouteNormalizer.normalize("/x/" + part)).isEqualTo("/x/{id}");
    }
}
