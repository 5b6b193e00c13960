package io.millisight.spring.reactive;

import io.millisight.Millisight;
import io.millisight.observe.Faults;
import io.millisight.observe.InFlight;
import io.millisight.observe.Outcome;
import io.millisight.observe.PathPatterns;
import io.millisight.observe.UserIdPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Makes one observation of every request to a WebFlux application. Stands around the whole application, filters, error handlers
 * and forwarded headers included: it sees the request that came over the wire, and the end of the response.
 *
 * <p>The application is called exactly once, its signals pass unchanged, and a fault of ours is counted and never reaches
 * the request. Any number of threads, no lock.
 */
final class ObservedHandler implements HttpHandlerDecoratorFactory, Ordered {

    private final Millisight millisight;
    private final Faults faults = new Faults();
    private final @Nullable PathPatterns excluded;

    ObservedHandler(Millisight millisight) {
        this.millisight = millisight;
        List<String> patterns = millisight.config().exclude();
        this.excluded = patterns.isEmpty() ? null : PathPatterns.of(patterns);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public HttpHandler apply(HttpHandler application) {
        return (request, response) -> {
            PendingObservation pending = begin(request, response);
            if (pending == null) {
                return application.handle(request, response);
            }
            Mono<Void> handled;
            try {
                handled = application.handle(request, pending.response());
            } catch (Throwable failure) {
                pending.doOnError(failure);
                throw failure;
            }
            return handled.tap(() -> pending);
        };
    }

    private @Nullable PendingObservation begin(ServerHttpRequest request, ServerHttpResponse response) {
        try {
            PendingObservation pending = new PendingObservation(this, request, response, nanoTime());
            pending.begins();
            return pending;
        } catch (Throwable fault) {
            faults.count("begin", fault);
            lost();
            return null;
        }
    }

    void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long startNanos,
            long endNanos,
            @Nullable String userId,
            String path) {
        millisight.record(method, route, status, outcome, stream, startNanos, endNanos, userId, path);
    }

    /** A request will not be recorded. Never throws. */
    void lost() {
        try {
            millisight.countLost();
        } catch (Throwable fault) {
            faults.count("lost", fault);
        }
    }

    boolean excludes(RequestPath path) {
        return excluded != null
                && excluded.matches(path.value(), path.contextPath().value().length());
    }

    InFlight inFlight() {
        return millisight.inFlight();
    }

    boolean showsServerTiming() {
        return millisight.config().serverTiming();
    }

    boolean keepsUserIds() {
        return millisight.config().userId() != UserIdPolicy.OFF;
    }

    long nanoTime() {
        return millisight.time().nanoTime();
    }

    Faults faults() {
        return faults;
    }
}
