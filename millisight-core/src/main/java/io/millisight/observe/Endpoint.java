package io.millisight.observe;

import java.util.Set;

/**
 * The unit we report on: a method and a route template such as {@code /orders/{id}}, never a raw path.
 *
 * @param method an HTTP method in capitals, or {@link #OTHER_METHOD}
 * @param route the template, at most {@link #MAX_ROUTE_LENGTH} characters; longer ones are cut
 */
public record Endpoint(String method, String route) {

    /** Characters of a route that are kept: the width of {@code api_metrics.endpoint}. */
    public static final int MAX_ROUTE_LENGTH = 255;

    /** Stands for every method that HTTP does not define, as OpenTelemetry's semantic conventions have it. */
    public static final String OTHER_METHOD = "_OTHER";

    /** The route of a request that nothing was mapped to. */
    public static final String UNMATCHED_ROUTE = "{unmatched}";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** Takes what exceeds the limit on endpoints. */
    public static final Endpoint OTHER = new Endpoint(OTHER_METHOD, "{other}");

    public Endpoint {
        if (!METHODS.contains(method)) {
            method = OTHER_METHOD;
        }
        if (route.isEmpty()) {
            throw new IllegalArgumentException("route: empty; allowed: 1 to " + MAX_ROUTE_LENGTH + " characters");
        }
        if (route.length() > MAX_ROUTE_LENGTH) {
            boolean splitsPair = Character.isHighSurrogate(route.charAt(MAX_ROUTE_LENGTH - 1));
            route = route.substring(0, splitsPair ? MAX_ROUTE_LENGTH - 1 : MAX_ROUTE_LENGTH);
        }
    }

    /** Method and route as shown and queried: {@code GET /orders/{id}}. */
    public String name() {
        return method + " " + route;
    }

    /**
     * The inverse of {@link #name()}.
     *
     * @throws IllegalArgumentException when {@code name} is not a method, one space and a route
     */
    public static Endpoint ofName(String name) {
        int space = name.indexOf(' ');
        if (space <= 0 || space == name.length() - 1) {
            throw new IllegalArgumentException(
                    "endpoint: '" + name + "'; allowed: METHOD, one space, route, as in 'GET /orders/{id}'");
        }
        return new Endpoint(name.substring(0, space), name.substring(space + 1));
    }
}
