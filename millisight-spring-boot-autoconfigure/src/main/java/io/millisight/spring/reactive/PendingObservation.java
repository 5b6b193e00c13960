package io.millisight.spring.reactive;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observer;
import io.millisight.observe.Outcome;
import io.millisight.observe.RouteNormalizer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.observability.DefaultSignalListener;

/**
 * One request on its way to one observation. Listens to the signals of the whole exchange; recorded before the last byte of
 * the answer is handed to the server where that can be told, else when the exchange ends.
 *
 * <p>The signals of an exchange come one after the other, on whatever threads. Only a cancellation, which is how a server says that the client has gone, may race
 * with them, hence {@link #finished}: whoever sets it records. Never throws: a listener's exception would become the response's.
 */
final class PendingObservation extends DefaultSignalListener<Void> {

    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int SERVER_ERROR = 500;

    /** What matches everything matches what anyone makes up. */
    private static final String CATCH_ALL = "/**";

    private static final AtomicIntegerFieldUpdater<PendingObservation> FINISHED =
            AtomicIntegerFieldUpdater.newUpdater(PendingObservation.class, "finished");

    private final Observer observer;
    private final ServerHttpRequest request;
    private final TimedResponse response;
    private final long startNanos;
    private final boolean excluded;
    private volatile @Nullable ServerWebExchange exchange;
    private volatile @Nullable Throwable failure;
    private volatile boolean failedAfterCommit;
    private volatile boolean broken;
    private volatile @Nullable String userId;

    @SuppressWarnings("unused") // through FINISHED
    private volatile int finished;

    PendingObservation(Observer observer, ServerHttpRequest request, ServerHttpResponse response) {
        this.observer = observer;
        this.request = request;
        this.startNanos = observer.nanoTime();
        this.excluded = observer.excludes(
                request.getPath().value(), request.getPath().contextPath().value());
        this.response = TimedResponse.of(response, this);
    }

    /** It is in flight from here on, unless its path is excluded. */
    void begins() {
        if (!excluded) {
            observer.inFlight().began();
        }
    }

    /** The one in the making for this exchange; null where there is none. */
    static @Nullable PendingObservation of(ServerWebExchange exchange) {
        ServerHttpResponse at = exchange.getResponse();
        while (at instanceof ServerHttpResponseDecorator decorator) {
            if (at instanceof TimedResponse timed) {
                return timed.pending();
            }
            at = decorator.getDelegate();
        }
        return null;
    }

    /** As it came over the wire: no forwarded header has been evaluated. */
    ServerHttpRequest request() {
        return request;
    }

    TimedResponse response() {
        return response;
    }

    long nanosSinceStart(long nowNanos) {
        return nowNanos - startNanos;
    }

    Observer observer() {
        return observer;
    }

    /** The first filter has the exchange: the route will be among its attributes. */
    void entered(ServerWebExchange entered) {
        exchange = entered;
    }

    /** Where the exchange keeps what was found for the request; null before the first filter has it. */
    @Nullable Object attribute(String name) {
        ServerWebExchange known = exchange;
        return known == null ? null : known.getAttributes().get(name);
    }

    void user(@Nullable String id) {
        if (id != null && !id.isEmpty()) {
            userId = id;
        }
    }

    boolean asksFor(HttpMethod method) {
        return request.getMethod().equals(method);
    }

    String header(String name) {
        String value = request.getHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    /** The application's pipeline failed; an error handler may yet make a response of it. */
    void failed(Throwable thrown) {
        try {
            failedAfterCommit = response.isCommitted();
            failure = thrown;
        } catch (Throwable fault) {
            observer.faults().count("error", fault);
        }
    }

    @Override
    public void doOnComplete() {
        finish(false);
    }

    @Override
    public void doOnError(Throwable thrown) {
        broken = true;
        if (failure == null) {
            failed(thrown);
        }
        response.stamp(); // where nothing is sent yet, the server answers by itself
        finish(false);
    }

    @Override
    public void doOnCancel() {
        finish(true);
    }

    /**
     * What the server is given next completes the answer. It is recorded before that: a process that is killed when its client has
     * just got the whole answer has the observation.
     */
    void answering() {
        finish(false);
    }

    private void finish(boolean cancelled) {
        try {
            if (FINISHED.compareAndSet(this, 0, 1) && !excluded) {
                observer.inFlight().ended();
                record(cancelled);
            }
        } catch (Throwable fault) {
            observer.faults().count("finish", fault);
            observer.lost();
        }
    }

    private void record(boolean cancelled) {
        long now = observer.nanoTime();
        boolean stream = response.isStream();
        int status = status();
        Outcome outcome = cancelled ? Outcome.CLIENT_ABORT : outcome(status);
        if (stream && outcome == Outcome.TIMEOUT) {
            outcome = Outcome.COMPLETED; // how many event streams end
        }
        observer.recorder()
                .record(
                        request.getMethod().name(),
                        route(status),
                        status,
                        outcome,
                        stream,
                        startNanos,
                        stream ? response.committedNanos(now) : now,
                        userId,
                        request.getPath().value());
    }

    /** A server that is given an error before anything was sent answers 500, whatever had been set. */
    private int status() {
        return broken && !response.isSent() ? SERVER_ERROR : response.wireStatus(OK);
    }

    /** An exception that says which status to answer is an answer; so is one of which an error handler made no error of the service. */
    private Outcome outcome(int status) {
        Throwable thrown = failure;
        if (thrown == null) {
            return response.isAbandoned() ? Outcome.CLIENT_ABORT : Outcome.COMPLETED;
        }
        if (!failedAfterCommit && (thrown instanceof ErrorResponse || status < SERVER_ERROR)) {
            return Outcome.COMPLETED;
        }
        if (failedAfterCommit && DisconnectedClientHelper.isClientDisconnectedException(thrown)) {
            return Outcome.CLIENT_ABORT;
        }
        return thrown instanceof TimeoutException ? Outcome.TIMEOUT : Outcome.EXCEPTION;
    }

    /** A path that was refused may be anyone's invention: it must not become an endpoint. A 304 is an answer. */
    private String route(int status) {
        boolean refused = status >= 300 && status < SERVER_ERROR && status != NOT_MODIFIED;
        Object pattern = attribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        if (pattern == null) {
            return refused
                    ? Endpoint.UNMATCHED_ROUTE
                    : RouteNormalizer.normalize(
                            request.getPath().pathWithinApplication().value());
        }
        String template = pattern instanceof PathPattern parsed ? parsed.getPatternString() : pattern.toString();
        return template.isEmpty() || (refused && template.equals(CATCH_ALL)) ? Endpoint.UNMATCHED_ROUTE : template;
    }
}
