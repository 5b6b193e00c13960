package io.millisight.spring;

import io.millisight.http.MillisightHttp;
import io.millisight.servlet.ServletExchange;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Our routes as handlers of Spring MVC. Asked after the application's mappings (controllers 0, bean names 2, router
 * functions 3) and before static resources: where the application maps one of our paths, it wins.
 */
final class MillisightHandlerMapping extends SimpleUrlHandlerMapping {

    static final int ORDER = 10_000;

    MillisightHandlerMapping(MillisightHttp http) {
        setOrder(ORDER);
        HttpRequestHandler handler = new Handler(http);
        Map<String, Object> handlers = new LinkedHashMap<>();
        http.paths().forEach(path -> handlers.put(path, handler));
        handlers.put(
                http.paths().get(0) + "/**", handler); // a mistyped path gets our answer, which names the right ones
        setUrlMap(handlers);
    }

    private record Handler(MillisightHttp http) implements HttpRequestHandler {

        @Override
        public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (!http.handle(new ServletExchange(request, response))) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
            }
        }
    }
}
