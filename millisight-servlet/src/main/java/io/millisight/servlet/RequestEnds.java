package io.millisight.servlet;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

/** Ends the observations of requests that failed: their status is known once the container has handled the failure. */
final class RequestEnds implements ServletRequestListener {

    private final MillisightFilter filter;
    private volatile boolean registered;

    RequestEnds(MillisightFilter filter) {
        this.filter = filter;
    }

    /** Whether a container calls this listener. */
    boolean isRegistered() {
        return registered;
    }

    @Override
    public void requestInitialized(ServletRequestEvent event) {
        if (!registered) {
            registered = true;
        }
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        try {
            PendingObservation pending = PendingObservation.of(event.getServletRequest());
            if (pending != null) {
                pending.requestDestroyed();
            }
        } catch (Throwable fault) {
            filter.faults().count("requestDestroyed", fault);
        }
    }
}
