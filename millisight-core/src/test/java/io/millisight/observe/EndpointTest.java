package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "_OTHER"})
    void keepsTheMethodsOfHttp(String method) {
        assertThat(new Endpoint(method, "/").method()).isEqualTo(method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "PROPFIND", "", "GET "})
    void putsEveryOtherMethodTogether(String method) {
        assertThat(new Endpoint(method, "/").method()).isEqualTo(Endpoint.OTHER_METHOD);
    }

    @Test
    void refusesAnEmptyRoute() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Endpoint("GET", ""))
                .withMessage("route: empty; allowed: 1 to 255 characters");
    }

    @Test
    void cutsALongRouteWithoutSplittingACharacter() {
        assertThat(new Endpoint("GET", "/" + "a".repeat(300)).route()).isEqualTo("/" + "a".repeat(254));
        assertThat(new Endpoint("GET", "/" + "😀".repeat(200)).route()).isEqualTo("/" + "😀".repeat(127));
        assertThat(new Endpoint("GET", "😀".repeat(200)).route()).isEqualTo("😀".repeat(127));
    }

    @Test
    void isFoundByItsName() {
        Endpoint endpoint = new Endpoint("GET", "/orders/{id} x");
        assertThat(endpoint.name()).isEqualTo("GET /orders/{id} x");
        assertThat(Endpoint.ofName(endpoint.name())).isEqualTo(endpoint);
        assertThat(Endpoint.ofName(Endpoint.OTHER.name())).isEqualTo(Endpoint.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET", "GET ", " /orders", "/orders"})
    void refusesANameThatIsNone(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.ofName(name))
                .withMessageContaining("'" + name + "'")
                .withMessageContaining("GET /orders/{id}");
    }
}
