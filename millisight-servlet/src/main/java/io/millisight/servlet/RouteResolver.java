package io.millisight.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Tells the route template of a request, such as {@code /orders/{id}}. Asked once, after the application handled the
 * request. Any number of threads; what it throws is counted and otherwise ignored.
 */
@FunctionalInterface
public interface RouteResolver {

    /** The template without the context path, or null when this resolver knows none: the servlet mapping then decides. */
    @Nullable String route(HttpServletRequest request);

    /** Leaves every route to the servlet mapping. */
    static RouteResolver servletMapping() {
        return request -> null;
    }
}
