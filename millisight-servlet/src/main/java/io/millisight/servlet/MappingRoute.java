package io.millisight.servlet;

import io.millisight.observe.Endpoint;
import io.millisight.observe.RouteNormalizer;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;

/**
 * The route of a request that no framework's template is known for, from the servlet that it was mapped to.
 *
 * <p>An exact mapping is its own route. A wildcard or default mapping gives the normalized path if the application
 * answered; if it refused or redirected (3xx, 4xx), anyone may have made the path up, and it must not become an endpoint:
 * then the mapping's pattern, or {@code {unmatched}}, is the route.
 *
 * @param answered the route if the application answered
 * @param refused the route if it refused
 */
record MappingRoute(String answered, String refused) {

    static final MappingRoute UNMATCHED = new MappingRoute(Endpoint.UNMATCHED_ROUTE, Endpoint.UNMATCHED_ROUTE);

    static MappingRoute of(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        MappingMatch match = mapping.getMappingMatch();
        if (match == MappingMatch.CONTEXT_ROOT) {
            return new MappingRoute("/", "/");
        }
        String pattern = mapping.getPattern();
        if (match == MappingMatch.EXACT) {
            return new MappingRoute(pattern, pattern);
        }
        boolean catchAll = match == null || match == MappingMatch.DEFAULT || pattern.equals("/*");
        return new MappingRoute(
                RouteNormalizer.normalize(path(request)), catchAll ? Endpoint.UNMATCHED_ROUTE : pattern);
    }

    /** Decoded, and without the context path: what the servlet saw. */
    private static String path(HttpServletRequest request) {
        String rest = request.getPathInfo();
        return rest == null ? request.getServletPath() : request.getServletPath() + rest;
    }
}
