package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Access is decided on what came over the wire, whatever container and frameworks made of it. */
class ServletExchangeTest {

    @Test
    void looksBeneathAWrapperThatMakesAStrangerLocal() {
        HttpServletRequest wrapped = new HttpServletRequestWrapper(wire(Set.of())) {
            @Override
            public String getRemoteAddr() {
                return "127.0.0.1";
            }

            @Override
            public Enumeration<String> getHeaderNames() {
                return Collections.emptyEnumeration();
            }
        };

        ServletExchange exchange = new ServletExchange(wrapped, new FakeResponse());

        assertThat(exchange.remoteAddress()).isEqualTo("203.0.113.9");
        assertThat(exchange.headerNames()).containsExactly("X-Forwarded-For");
    }

    @Test
    void knowsNoAddressWhereTomcatMayHaveReplacedIt() {
        HttpServletRequest replaced = wire(Set.of("org.apache.tomcat.request.forwarded"));

        assertThat(new ServletExchange(replaced, new FakeResponse()).remoteAddress())
                .isNull();
    }

    /** A container's own request, of a stranger behind a proxy. */
    private static HttpServletRequest wire(Set<String> attributes) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getRemoteAddr" -> "203.0.113.9";
                    case "getHeaderNames" -> Collections.enumeration(List.of("X-Forwarded-For"));
                    case "getAttribute" -> attributes.contains((String) arguments[0]) ? true : null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
