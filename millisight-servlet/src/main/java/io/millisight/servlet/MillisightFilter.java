package io.millisight.servlet;

import io.millisight.Millisight;
import io.millisight.observe.Faults;
import io.millisight.observe.Observer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes one observation of every request, with the status that went over the wire, and puts {@code X-Response-Time} on
 * every response. To be registered outermost, for {@link #dispatcherTypes()}, with async support, together with its
 * {@link #requestListener()}.
 *
 * <p>All dispatches of one request share one {@link PendingObservation}; it is recorded
 *
 * <ul>
 *   <li>when the chain comes back, for most requests;
 *   <li>before the last byte of an answer of announced length leaves, where the container sends it with that byte: the client
 *       has its answer then, whatever becomes of this process;
 *   <li>when the container completes the request, for an asynchronous one;
 *   <li>when the container destroys the request, for one that left the chain by an exception or sendError, because its
 *       status is known only after the ERROR dispatch.
 * </ul>
 *
 * <p>Requests whose paths are excluded have the header and nothing else. The others are in flight until they are recorded.
 *
 * <p>The chain is called exactly once, what it throws is thrown on unchanged, and a fault of this filter is counted and
 * never reaches the request. Any number of threads; no lock, no ThreadLocal.
 */
public final class MillisightFilter implements Filter {

    /** Name to register under. */
    public static final String NAME = "millisight";

    static final String PENDING = "io.millisight.servlet.pending";

    private final Observer observer;
    private final RouteResolver routes;
    private final UserIdResolver users;
    private final RequestEnds requestEnds = new RequestEnds(this);

    /** Learned once, from false to true; read and written without order, as learning it twice does no harm. */
    private boolean completeAnswersAreSent;

    /** Records with routes from the servlet mapping and user ids from the request's principal. */
    public MillisightFilter(Millisight millisight) {
        this(millisight, RouteResolver.servletMapping(), UserIdResolver.principalName());
    }

    /** Records with routes and user ids from these resolvers. */
    public MillisightFilter(Millisight millisight, RouteResolver routes, UserIdResolver users) {
        this(millisight.newObserver(), routes, users);
    }

    MillisightFilter(Observer observer, RouteResolver routes, UserIdResolver users) {
        this.observer = observer;
        this.routes = routes;
        this.users = users;
    }

    /**
     * All but INCLUDE. A FORWARD is part of the request that it serves, but its end is the last moment for the header:
     * Tomcat takes no other after it.
     */
    public static EnumSet<DispatcherType> dispatcherTypes() {
        return EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.ASYNC, DispatcherType.ERROR);
    }

    /** Tells this filter when a request ends; where it is not registered, failed requests are recorded when they leave the chain. */
    public ServletRequestListener requestListener() {
        return requestEnds;
    }

    /** Says that such a teller is in place, so that this filter waits for what it tells. */
    public void endsAreToldBy(RequestEndsTeller teller) {
        if (!teller.isInPlace()) {
            throw new IllegalArgumentException("teller " + teller + " is in no container");
        }
        requestEnds.register();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DispatcherType dispatch = dispatch(request);
        PendingObservation pending = begin(request, response, dispatch);
        if (pending == null) {
            chain.doFilter(request, response);
            return;
        }
        ServletRequest seen = request;
        ServletResponse answered = response;
        TimedRequest timed = timed(pending, request, response);
        if (timed != null) {
            seen = timed;
            answered = pending.response();
        }
        Throwable thrown = null;
        try {
            chain.doFilter(seen, answered);
        } catch (Throwable failure) {
            thrown = failure;
            throw failure;
        } finally {
            leave(pending, (HttpServletRequest) request, dispatch, thrown);
        }
    }

    /** Asked at the beginning: after a FORWARD within it, Undertow's request goes on saying that. Null when it cannot be told. */
    private @Nullable DispatcherType dispatch(ServletRequest request) {
        try {
            return request.getDispatcherType();
        } catch (Throwable fault) {
            faults().count("begin", fault);
            observer.lost();
            return null;
        }
    }

    /** The observation that this dispatch belongs to; null when there is nothing to do for it. */
    private @Nullable PendingObservation begin(
            ServletRequest request, ServletResponse response, @Nullable DispatcherType dispatch) {
        boolean first = true; // as far as is known
        try {
            if (dispatch == null
                    || !(request instanceof HttpServletRequest http)
                    || !(response instanceof HttpServletResponse answer)) {
                return null;
            }
            first = dispatch == DispatcherType.REQUEST;
            PendingObservation known = PendingObservation.of(request);
            first = known == null;
            if (dispatch == DispatcherType.FORWARD) {
                if (known != null) {
                    known.forwarding(http);
                }
                return known;
            }
            if (known == null) {
                PendingObservation pending = new PendingObservation(this, http, answer, observer.nanoTime());
                request.setAttribute(PENDING, pending);
                pending.begins();
                return pending;
            }
            if (dispatch == DispatcherType.REQUEST) {
                return null; // registered twice: the outer one has it
            }
            known.dispatchedAgain(answer);
            return known;
        } catch (Throwable fault) {
            faults().count("begin", fault);
            if (first) {
                observer.lost();
            }
            return null;
        }
    }

    /** For the first dispatch, and for one that the container made with its bare response; else null. */
    private @Nullable TimedRequest timed(PendingObservation pending, ServletRequest request, ServletResponse response) {
        try {
            return pending.isWatching(response) ? null : new TimedRequest((HttpServletRequest) request, pending);
        } catch (Throwable fault) {
            faults().count("begin", fault);
            return null;
        }
    }

    private void leave(
            PendingObservation pending,
            HttpServletRequest request,
            @Nullable DispatcherType dispatch,
            @Nullable Throwable thrown) {
        try {
            if (dispatch == DispatcherType.FORWARD) {
                pending.forwarded(request);
                return;
            }
            pending.left(request, dispatch == DispatcherType.ERROR, thrown);
        } catch (Throwable fault) {
            faults().count("leave", fault);
            if (!requestEnds.isRegistered()) {
                pending.lost();
            }
        }
    }

    /** What the resolver says, else what Jersey has matched; null when it fails. */
    @Nullable String route(HttpServletRequest request) {
        try {
            String route = routes.route(request);
            return route == null ? JerseyRoute.of(request) : route;
        } catch (Throwable fault) {
            faults().count("RouteResolver", fault);
            return null;
        }
    }

    /** What the servlet mapping says; unmatched when it fails. */
    MappingRoute mappingRoute(HttpServletRequest request) {
        try {
            return MappingRoute.of(request);
        } catch (Throwable fault) {
            faults().count("servlet mapping", fault);
            return MappingRoute.UNMATCHED;
        }
    }

    /** What the resolver says; null when it fails, or when user ids are not kept. */
    @Nullable String userId(HttpServletRequest request) {
        if (!observer.keepsUserIds()) {
            return null;
        }
        try {
            return users.userId(request);
        } catch (Throwable fault) {
            faults().count("UserIdResolver", fault);
            return null;
        }
    }

    Observer observer() {
        return observer;
    }

    Faults faults() {
        return observer.faults();
    }

    /** Whether this container sends an answer as soon as its announced length is reached. */
    boolean sendsCompleteAnswers() {
        return completeAnswersAreSent;
    }

    void learnsThatCompleteAnswersAreSent() {
        completeAnswersAreSent = true;
    }

    boolean seesRequestEnds() {
        return requestEnds.isRegistered();
    }
}
