package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class RouteNormalizerPropertiesTest {

    @Property
    void neverThrowsAndIsIdempotent(@ForAll String path) {
        String once = RouteNormalizer.normalize(path);

        assertThat(once).startsWith("/");
        assertThat(RouteNormalizer.normalize(once)).isEqualTo(once);
    }

    @Property
    void isIdempotentOnPaths(@ForAll String first, @ForAll long number, @ForAll String last) {
        String once = RouteNormalizer.normalize("/" + first + "/" + number + "/" + last);

        assertThat(RouteNormalizer.normalize(once)).isEqualTo(once);
    }

    @Property
    void givesOneRouteToAllNumbers(@ForAll @LongRange(min = 0) long id) {
        assertThat(RouteNormalizer.normalize("/orders/" + id + "/items")).isEqualTo("/orders/{id}/items");
    }

    @Property
    void givesOneRouteToAllUuids(@ForAll long high, @ForAll long low) {
        assertThat(RouteNormalizer.normalize("/users/" + new UUID(high, low))).isEqualTo("/users/{id}");
    }

    @Property
    void keepsWords(@ForAll @AlphaChars @StringLength(min = 1, max = 64) String word) {
        assertThat(RouteNormalizer.normalize("/" + word + "/list")).isEqualTo("/" + word + "/list");
    }
}
