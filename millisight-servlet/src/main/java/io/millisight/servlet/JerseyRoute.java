package io.millisight.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The route that Jersey left in a request. Apart from {@link JerseyRoutes}, whose types are there with Jersey only. */
final class JerseyRoute {

    static final String ATTRIBUTE = "io.millisight.servlet.route";

    private JerseyRoute() {}

    /** Without the context path; null where Jersey did not answer. */
    static @Nullable String of(HttpServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof String route)) {
            return null;
        }
        String context = request.getContextPath();
        boolean below = route.startsWith(context) && route.length() > context.length();
        return below ? route.substring(context.length()) : route;
    }
}
