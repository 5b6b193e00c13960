package io.millisight.spring.reactive;

import io.millisight.servlet.ServletExchange;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;

/** What is different where WebFlux runs on a servlet container. */
final class ServletServer {

    private static final boolean PRESENT =
            ClassUtils.isPresent("jakarta.servlet.http.HttpServletRequest", ServletServer.class.getClassLoader());

    private ServletServer() {}

    /** Whether the container may have replaced the peer by what a header said, and kept silent about it. */
    static boolean hidesPeer(ServerHttpRequest request, ServerHttpResponse response) {
        return PRESENT && Container.hidesPeer(request, response);
    }

    /** Whether the container still has all of a response that WebFlux takes for committed: given an error, it sends its 500. */
    static boolean holdsBack(ServerHttpResponse response) {
        return PRESENT && Container.holdsBack(response);
    }

    /** Loaded only where its types are. */
    private static final class Container {

        static boolean hidesPeer(ServerHttpRequest request, ServerHttpResponse response) {
            Object nativeRequest = ServerHttpRequestDecorator.getNativeRequest(request);
            Object nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
            return nativeRequest instanceof HttpServletRequest http
                    && nativeResponse instanceof HttpServletResponse answer
                    && new ServletExchange(http, answer).remoteAddress() == null;
        }

        static boolean holdsBack(ServerHttpResponse response) {
            Object nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
            return nativeResponse instanceof HttpServletResponse answer && !answer.isCommitted();
        }
    }
}
