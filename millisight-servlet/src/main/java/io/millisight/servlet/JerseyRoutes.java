package io.millisight.servlet;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Faults;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.util.List;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.uri.UriTemplate;

/**
 * Tells the route of a request that Jersey answers, from the templates of the resources it matched. Jersey finds it by itself, see
 * {@link JerseyDiscovery}.
 *
 * <p>Leaves the route in an attribute of the servlet's request: after the match, while the request is still on its thread, so that
 * an asynchronous resource has one too; where nothing was matched, with the response. Never throws.
 */
final class JerseyRoutes implements ContainerRequestFilter, ContainerResponseFilter {

    private final Faults faults = new Faults();

    @Override
    public void filter(ContainerRequestContext request) {
        leaveRoute(request);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        leaveRoute(request);
    }

    private void leaveRoute(ContainerRequestContext request) {
        try {
            if (request.getProperty(JerseyRoute.ATTRIBUTE) == null
                    && request.getUriInfo() instanceof ExtendedUriInfo matched) {
                request.setProperty(
                        JerseyRoute.ATTRIBUTE, route(matched)); // Jersey keeps these in the servlet's request
            }
        } catch (Throwable fault) {
            faults.count("route of Jersey", fault); // the servlet mapping decides then
        }
    }

    /** With the path that all of the application has, context path included: Jersey knows no part of it alone. */
    private static String route(ExtendedUriInfo matched) {
        if (matched.getMatchedResourceMethod() == null) {
            return Endpoint.UNMATCHED_ROUTE;
        }
        StringBuilder route = new StringBuilder(matched.getBaseUri().getRawPath());
        List<UriTemplate> templates = matched.getMatchedTemplates();
        for (int i = templates.size() - 1; i >= 0; i--) { // the innermost is first
            append(route, templates.get(i).getTemplate());
        }
        if (route.length() > 1 && route.charAt(route.length() - 1) == '/') {
            route.setLength(route.length() - 1);
        }
        return route.toString();
    }

    /** One slash between two templates; {@code {id: \d+}} is {@code {id}}. */
    private static void append(StringBuilder route, String template) {
        if (route.length() == 0 || route.charAt(route.length() - 1) != '/') {
            route.append('/');
        }
        int depth = 0;
        boolean pattern = false;
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            pattern = depth > 0 && (pattern || c == ':');
            boolean doubled = c == '/' && route.charAt(route.length() - 1) == '/';
            if (!pattern && !doubled && (depth == 0 || c != ' ')) {
                route.append(c);
            }
        }
    }
}
