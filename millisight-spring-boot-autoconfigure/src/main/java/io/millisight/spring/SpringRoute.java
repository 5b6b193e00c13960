package io.millisight.spring;

import io.millisight.servlet.RouteResolver;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The pattern of the handler that Spring MVC chose. */
final class SpringRoute implements RouteResolver {

    /** {@code HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE}, by its text: Spring MVC need not be there. */
    private static final String PATTERN = "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

    @Override
    public @Nullable String route(HttpServletRequest request) {
        Object pattern = request.getAttribute(PATTERN);
        return pattern == null ? null : pattern.toString();
    }
}
