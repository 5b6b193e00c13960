package io.millisight.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Asks for the user id inside the chain. To be registered innermost, where the authentication of a framework is no
 * container's (Spring Security): such a framework shows the principal only on its own wrapper of the request.
 */
public final class UserIdCaptureFilter implements Filter {

    private final MillisightFilter filter;

    /** Asks the resolver of this filter, and leaves the answer for its observation. */
    public UserIdCaptureFilter(MillisightFilter filter) {
        this.filter = filter;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        capture(request); // before a log-out
        try {
            chain.doFilter(request, response);
        } finally {
            capture(request); // after a log-in
        }
    }

    private void capture(ServletRequest request) {
        try {
            PendingObservation pending = PendingObservation.of(request);
            if (pending != null && !pending.hasUser() && request instanceof HttpServletRequest http) {
                pending.user(filter.userId(http));
            }
        } catch (Throwable fault) {
            filter.faults().count("UserIdCaptureFilter", fault);
        }
    }
}
