package io.millisight.spring.reactive;

import io.millisight.Millisight;
import io.millisight.observe.Faults;
import io.millisight.observe.Observer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
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

    private final Observer observer;

    ObservedHandler(Millisight millisight) {
        this.observer = millisight.newObserver();
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
            PendingObservation pending = new PendingObservation(observer, request, response);
            pending.begins();
            return pending;
        } catch (Throwable fault) {
            faults().count("begin", fault);
            observer.lost();
            return null;
        }
    }

    Faults faults() {
        return observer.faults();
    }
}
