package io.millisight.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

/** Ends the observations of requests that failed: their status is known once the container has handled the failure. */
final class RequestEnds implements ServletRequestListener {

    private final MillisightFilter filter;
    private volatile boolean registered;

    RequestEnds(MillisightFilter filter) {
        this.filter = filter;
    }

    /** Whether a container calls this listener, or a teller is in place. */
    boolean isRegistered() {
        return registered;
    }

    void register() {
        registered = true;
    }

    /** Undertow tells of each FORWARD and INCLUDE within a request too, and that it ends. */
    @Override
    public void requestInitialized(ServletRequestEvent event) {
        if (!registered) {
            registered = true;
        }
        try {
            ServletRequest request = event.getServletRequest();
            if (isNested(request.getDispatcherType())) {
                PendingObservation pending = PendingObservation.of(request);
                if (pending != null) {
                    pending.nestedBegan();
                }
            }
        } catch (Throwable fault) {
            filter.faults().count("requestInitialized", fault);
        }
    }

    private static boolean isNested(DispatcherType dispatch) {
        return dispatch == DispatcherType.FORWARD || dispatch == DispatcherType.INCLUDE;
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        try {
            ended(event.getServletRequest());
        } catch (Throwable fault) {
            filter.faults().count("requestDestroyed", fault);
        }
    }

    /** The container is done with a dispatch of this request, error page included. */
    static void ended(ServletRequest request) {
        PendingObservation pending = PendingObservation.of(request);
        if (pending != null) {
            pending.requestDestroyed();
        }
    }
}
