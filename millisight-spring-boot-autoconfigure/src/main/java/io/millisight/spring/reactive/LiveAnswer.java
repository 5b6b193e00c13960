package io.millisight.spring.reactive;

import io.millisight.http.LiveStream;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A request that may be for the live feed: what the routes decide, and then the feed itself or what they say instead. */
final class LiveAnswer extends ReactiveExchange {

    private final ServerHttpResponse response;
    private final ByteArrayOutputStream body;
    private final boolean asksForWebSocket;
    private @Nullable LiveStream live;

    LiveAnswer(ServerHttpRequest request, ServerHttpResponse response) {
        this(request, response, new ByteArrayOutputStream());
    }

    private LiveAnswer(ServerHttpRequest request, ServerHttpResponse response, ByteArrayOutputStream body) {
        super(request, response, body);
        this.response = response;
        this.body = body;
        this.asksForWebSocket =
                method().equals("GET") && headers(HttpHeaders.UPGRADE).stream().anyMatch("websocket"::equalsIgnoreCase);
    }

    /** Whether the answer is an event stream or a WebSocket, should the routes agree. */
    static boolean isAskedFor(ServerHttpRequest request) {
        return request.getHeaders().getFirst(HttpHeaders.UPGRADE) != null
                || String.valueOf(request.getHeaders().getFirst(HttpHeaders.ACCEPT))
                        .contains("text/event-stream");
    }

    @Override
    public Streaming streaming() {
        return asksForWebSocket ? Streaming.WEB_SOCKET : Streaming.EVENT_STREAM;
    }

    @Override
    public void stream(LiveStream asked) {
        live = asked;
    }

    /** Sends what the routes have decided. */
    Mono<Void> send(ServerWebExchange exchange, WebSocketService webSockets) {
        LiveStream stream = live;
        if (stream == null) {
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap(body.toByteArray())));
        }
        if (asksForWebSocket) {
            return webSockets.handleRequest(exchange, session -> session.send(LiveFrames.of(stream)
                            .map(frame -> session.binaryMessage(buffers -> buffers.wrap(frame.message()))))
                    .and(session.receive()));
        }
        return response.writeAndFlushWith(LiveFrames.of(stream)
                .map(frame -> Flux.just(response.bufferFactory().wrap(frame.event()))));
    }
}
