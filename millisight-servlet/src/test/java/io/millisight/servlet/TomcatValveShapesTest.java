package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import org.junit.jupiter.api.Test;

/** With the valve that tells of the ends of requests in place of a listener. */
class TomcatValveShapesTest extends ServletShapes {

    private RequestEndsValve valve;

    @Override
    TestServer.Kind kind() {
        valve = new RequestEndsValve();
        return TomcatServer.kind(valve);
    }

    @Override
    boolean seesErrorPages() {
        return true;
    }

    @Override
    void tellEnds(ServletContext context, MillisightFilter filter) {
        filter.endsAreToldBy(valve);
    }

    @Test
    void isNotReliedOnBeforeItIsInAContainer() {
        MillisightFilter filter = new MillisightFilter(
                new Recordings().observer(), RouteResolver.servletMapping(), UserIdResolver.principalName());

        assertThatThrownBy(() -> filter.endsAreToldBy(new RequestEndsValve()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is in no container");
    }
}
