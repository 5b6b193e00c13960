package io.millisight.spring.reactive;

import io.millisight.http.MillisightHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Our routes as handlers of WebFlux. Asked after the application's mappings (functions -1, controllers 0) and before
 * static resources: where the application maps one of our paths, it wins.
 */
final class MillisightHandlerMapping extends SimpleUrlHandlerMapping implements DisposableBean {

    static final int ORDER = 10_000;

    /** Each reader of ours holds one while it is answered; threads of the application's own pools are not taken. */
    private static final int THREADS = 32;

    private static final int IDLE_SECONDS = 15;

    private final Scheduler blocking =
            Schedulers.newBoundedElastic(THREADS, Integer.MAX_VALUE, "millisight-http", IDLE_SECONDS, true);

    MillisightHandlerMapping(MillisightHttp http) {
        setOrder(ORDER);
        WebHandler handler = new Handler(http, blocking, new HandshakeWebSocketService());
        Map<String, Object> handlers = new LinkedHashMap<>();
        http.paths().forEach(path -> handlers.put(path, handler));
        handlers.put(
                http.paths().get(0) + "/**", handler); // a mistyped path gets our answer, which names the right ones
        setUrlMap(handlers);
    }

    @Override
    public void destroy() {
        blocking.dispose();
    }

    /**
     * Answers on a thread that may wait, for the store and for the client: it writes one chunk each time the server asks for more, and
     * holds no more than that.
     */
    private record Handler(MillisightHttp http, Scheduler blocking, WebSocketService webSockets) implements WebHandler {

        private static final int CHUNK_BYTES = 16 * 1024;

        @Override
        public Mono<Void> handle(ServerWebExchange exchange) {
            PendingObservation pending = PendingObservation.of(exchange);
            ServerHttpRequest request = pending == null ? exchange.getRequest() : pending.request();
            if (!http.owns(ReactiveExchange.path(request))) {
                return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
            }
            // Status and headers are set before the first chunk, or the end: that is when the server looks at them.
            ServerHttpResponse response = exchange.getResponse();
            if (LiveAnswer.isAskedFor(request)) {
                LiveAnswer live = new LiveAnswer(request, response);
                return Mono.fromRunnable(() -> answer(live))
                        .subscribeOn(blocking)
                        .then(Mono.defer(() -> live.send(exchange, webSockets)));
            }
            // Where the client leaves as the first chunk arrives, Reactor Netty writes nothing, and never cancels what
            // it was to write.
            Sinks.Empty<Void> over = Sinks.empty();
            Publisher<DataBuffer> chunks = DataBufferUtils.outputStreamPublisher(
                    out -> answer(new ReactiveExchange(request, response, out)),
                    response.bufferFactory(),
                    blocking::schedule,
                    CHUNK_BYTES);
            return response.writeWith(Flux.from(chunks).takeUntilOther(over.asMono()))
                    .doFinally(signal -> over.tryEmitEmpty());
        }

        private void answer(ReactiveExchange exchange) {
            try {
                http.handle(exchange);
            } catch (IOException brokenOff) {
                throw new UncheckedIOException(brokenOff);
            }
        }
    }
}
