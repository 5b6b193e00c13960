package io.millisight.servlet;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to one observation, over all its dispatches. Kept in a request attribute.
 *
 * <p>Written by the thread that has the request just then: the container's hand-over between dispatches orders them.
 * A thread of the application that still writes an asynchronous response may race with the container's end of the
 * request, hence {@link #finished}: whoever sets it records.
 */
final class PendingObservation implements AsyncListener {

    private static final String CATCH_ALL = "/**";

    private static final AtomicIntegerFieldUpdater<PendingObservation> FINISHED =
            AtomicIntegerFieldUpdater.newUpdater(PendingObservation.class, "finished");

    private final MillisightFilter filter;
    private final HttpServletRequest request;
    private final long startNanos;
    private final TimedResponse response;
    private final String method;
    private final String path;
    private final boolean excluded;
    private Outcome outcome = Outcome.COMPLETED;
    private @Nullable String route;
    private @Nullable String refusedRoute;
    private @Nullable String userId;
    private boolean async;
    private boolean startedHere;
    private boolean ending;
    private int nested;

    /** Whether the dispatch that began an asynchronous cycle came back. Whoever completes that looks. */
    private volatile boolean cameBack;

    /** Whether the application has completed the cycle. The dispatch that comes back looks: the later of the two records. */
    private volatile boolean completes;

    @SuppressWarnings("unused") // through FINISHED
    private volatile int finished;

    PendingObservation(
            MillisightFilter filter, HttpServletRequest request, HttpServletResponse response, long startNanos) {
        this.filter = filter;
        this.request = request;
        this.startNanos = startNanos;
        this.response = new TimedResponse(filter, this, response, startNanos);
        boolean refusedByContainer = request.getDispatcherType() == DispatcherType.ERROR;
        if (refusedByContainer) { // before any filter: all that is left is its error page
            route = Endpoint.UNMATCHED_ROUTE;
            method = attribute(request, "jakarta.servlet.error.method", request.getMethod());
            path = attribute(request, RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI());
        } else {
            method = request.getMethod();
            path = request.getRequestURI();
        }
        excluded = filter.observer().excludes(request.getRequestURI(), request.getContextPath());
    }

    /** The one in the making for this request, or null. */
    static @Nullable PendingObservation of(ServletRequest request) {
        return request.getAttribute(MillisightFilter.PENDING) instanceof PendingObservation pending ? pending : null;
    }

    private static String attribute(HttpServletRequest request, String name, String otherwise) {
        return request.getAttribute(name) instanceof String value ? value : otherwise;
    }

    /** The request is known by its attribute now: whatever becomes of it, it will end. */
    void begins() {
        if (!excluded) {
            filter.observer().inFlight().began();
        }
    }

    /** True once: for whoever ends it. */
    private boolean ends() {
        if (!FINISHED.compareAndSet(this, 0, 1)) {
            return false;
        }
        if (!excluded) {
            filter.observer().inFlight().ended();
        }
        return !excluded;
    }

    TimedResponse response() {
        return response;
    }

    /** Whether the application, if given this response, writes through ours. */
    boolean isWatching(ServletResponse given) {
        ServletResponse at = given;
        while (at instanceof ServletResponseWrapper wrapper) {
            if (at == response) {
                return true;
            }
            at = wrapper.getResponse();
        }
        return false;
    }

    /** An ASYNC or ERROR dispatch begins, maybe with the container's bare response. */
    void dispatchedAgain(HttpServletResponse given) {
        startedHere = false;
        if (!isWatching(given)) {
            response.setResponse(given);
        }
    }

    /** The application let this exception go. */
    private void failed(Throwable thrown) {
        outcome = ClientAbort.caused(thrown) ? Outcome.CLIENT_ABORT : Outcome.EXCEPTION;
    }

    boolean hasUser() {
        return userId != null;
    }

    void user(@Nullable String id) {
        if (id != null && !id.isEmpty()) {
            userId = id;
        }
    }

    /**
     * The application called startAsync: from here on this request ends when it completes and the dispatch is back, or when
     * a later dispatch comes back that did not start again; at the latest, when the container tells. Where that cannot be arranged, it is tried again
     * when the dispatch comes back.
     */
    void asyncStarted(AsyncContext context) {
        startedHere = true;
        cameBack = false;
        completes = false;
        try {
            context.addListener(this);
            async = true;
        } catch (Throwable fault) {
            filter.faults().count("startAsync", fault);
        }
    }

    /** The context that keeps the response under watch; the container's own if that fails. */
    AsyncContext timed(AsyncContext context) {
        try {
            return new TimedAsyncContext(context, this);
        } catch (Throwable fault) {
            filter.faults().count("startAsync", fault);
            return context;
        }
    }

    /**
     * The application is about to complete an asynchronous request. While the dispatch that started it is still on its way
     * back, that may go on writing, and the container waits for it.
     */
    void completing() {
        response.stamp();
        completes = true;
        if (cameBack) {
            finish();
        }
    }

    /** The application forwards: a framework puts the route of the target in the place of the one that was asked for. */
    void forwarding(HttpServletRequest target) {
        if (route == null) {
            resolved(filter.route(target));
        }
    }

    /** The container tells of a dispatch within this one. */
    void nestedBegan() {
        nested++;
    }

    /** A forward within the request came back. */
    void forwarded(HttpServletRequest request) {
        if (!request.isAsyncStarted()) {
            response.stamp();
        }
    }

    /**
     * A dispatch came back from the application. After an error page the container has nothing left to do but to send it off.
     *
     * @param request as the container gave it to the filter
     * @param errorPage whether it was an ERROR dispatch
     * @param thrown what the application let go, or null
     */
    void left(HttpServletRequest request, boolean errorPage, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(thrown);
        }
        identify(request);
        boolean goesOn = request.isAsyncStarted();
        if (goesOn && !async) { // started on the container's own request, past our wrapper
            asyncStarted(request.getAsyncContext());
        }
        if (async) {
            cameBack = true;
        }
        if (goesOn && !completes) {
            return;
        }
        response.stamp();
        boolean answered = errorPage && thrown == null;
        boolean failed = outcome == Outcome.EXCEPTION && !response.hasLeft();
        boolean errorFollows = !answered && (failed || response.errorSent());
        if (errorFollows && filter.seesRequestEnds()) {
            ending = true;
        } else if (!async || !startedHere || completes) {
            finish();
        }
    }

    /**
     * What is written next completes the answer. It is recorded before that: a process that is killed when its client has
     * just got the whole answer has the observation. What the application does afterwards is not part of the answer.
     */
    void answering() {
        try {
            if (response.errorSent() && request.getDispatcherType() != DispatcherType.ERROR) {
                return; // what is written now is dropped: the container's error page is the answer
            }
            identify(request);
            finish();
        } catch (Throwable fault) {
            filter.faults().count("answering", fault);
        }
    }

    private void identify(HttpServletRequest request) {
        if (route == null) {
            resolveRoute(request);
        }
        if (userId == null) {
            user(filter.userId(request));
        }
    }

    /** Captured before an ERROR dispatch, in which Spring puts the route of its error page in the place of the first. */
    private void resolveRoute(HttpServletRequest request) {
        if (!resolved(filter.route(request))) {
            MappingRoute mapping = filter.mappingRoute(request);
            route = mapping.answered();
            refusedRoute = mapping.refused();
        }
    }

    private boolean resolved(@Nullable String template) {
        if (template == null || template.isEmpty()) {
            return false;
        }
        route = template;
        refusedRoute = template.equals(CATCH_ALL) ? Endpoint.UNMATCHED_ROUTE : template;
        return true;
    }

    /** The container is done with the request. Never throws. */
    void requestDestroyed() {
        try {
            if (nested > 0) {
                nested--;
            } else if (!async && ending) {
                finish();
            } else {
                lost();
            }
        } catch (Throwable fault) {
            filter.faults().count("requestDestroyed", fault);
        }
    }

    /** Counts the request as not recorded, unless it is. */
    void lost() {
        if (!async && ends()) {
            filter.observer().lost();
        }
    }

    /** Records, the first time it is called. Never throws: a container may take an error of a listener for its own. */
    void finish() {
        try {
            if (ends()) {
                record();
            }
        } catch (Throwable fault) {
            filter.faults().count("finish", fault);
            filter.observer().lost();
        }
    }

    private void record() {
        long now = filter.observer().nanoTime();
        long firstByte = response.stampedNanos();
        boolean stream = response.isStream();
        Outcome ended = response.aborted() ? Outcome.CLIENT_ABORT : outcome;
        if (stream && ended == Outcome.TIMEOUT) {
            ended = Outcome.COMPLETED; // how most event streams end
        }
        int status = response.status(ended);
        long end = stream && firstByte != 0 ? firstByte : now;
        filter.observer()
                .recorder()
                .record(method, routeFor(status), status, ended, stream, startNanos, end, userId, path);
    }

    /** A path that was refused may be anyone's invention: it must not become an endpoint. A 304 is an answer. */
    private String routeFor(int status) {
        String known = status >= 300 && status < 500 && status != 304 ? refusedRoute : route;
        return known == null ? Endpoint.UNMATCHED_ROUTE : known;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        finish();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (outcome == Outcome.COMPLETED) {
            outcome = Outcome.TIMEOUT;
        }
        response.stamp();
    }

    @Override
    public void onError(AsyncEvent event) {
        try {
            Throwable thrown = event.getThrowable();
            if (outcome == Outcome.COMPLETED && thrown != null) {
                failed(thrown);
            }
        } catch (Throwable fault) {
            filter.faults().count("onError", fault);
        }
        response.stamp();
    }

    /** A restart drops the listeners of the cycle before. Registering twice does no harm: only the first end records. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        try {
            event.getAsyncContext().addListener(this);
        } catch (Throwable fault) {
            filter.faults().count("onStartAsync", fault);
        }
    }
}
