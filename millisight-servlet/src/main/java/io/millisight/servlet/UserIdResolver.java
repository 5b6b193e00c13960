package io.millisight.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Tells who sent a request. Any number of threads; what it throws is counted and otherwise ignored. */
@FunctionalInterface
public interface UserIdResolver {

    /** The id of the authenticated user, or null when there is none. */
    @Nullable String userId(HttpServletRequest request);

    /** The name of the request's principal. */
    static UserIdResolver principalName() {
        return request -> {
            Principal principal = request.getUserPrincipal();
            return principal == null ? null : principal.getName();
        };
    }
}
