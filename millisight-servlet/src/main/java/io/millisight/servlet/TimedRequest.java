package io.millisight.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * The request as the application sees it. Differs from the container's in one thing: what startAsync returns keeps the
 * response under watch. Without that, {@code request.startAsync()} would hand out the container's bare response.
 */
final class TimedRequest extends HttpServletRequestWrapper {

    private final PendingObservation pending;

    TimedRequest(HttpServletRequest request, PendingObservation pending) {
        super(request);
        this.pending = pending;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, pending.response());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        // For a container that answers in place of the application, when that never completes.
        pending.response().stamp();
        AsyncContext context = super.startAsync(request, response);
        pending.asyncStarted(context);
        return pending.timed(context);
    }

    @Override
    public AsyncContext getAsyncContext() {
        return pending.timed(super.getAsyncContext());
    }
}
