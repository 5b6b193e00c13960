package io.millisight.spring.reactive;

import io.millisight.observe.ResponseTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The response as the application sees it: puts {@code X-Response-Time} on it at commit, and watches the body for its end.
 *
 * <p>The action at commit is registered as late as possible, with the first attempt to write, so that it comes after those of
 * the application, any of which may still change the status. Used by one thread at a time, as the response beneath it.
 */
sealed class TimedResponse extends ServerHttpResponseDecorator {

    private static final String EVENT_STREAM = "text/event-stream";
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int OK = 200;

    private final PendingObservation pending;
    private @Nullable String serverTiming;
    private boolean armed;
    private boolean single;
    private boolean written;
    private long bytes;
    private long announced = -1;

    // Read by a cancellation too, which may come on any thread.
    private volatile boolean committed;
    private volatile long committedNanos;
    private volatile boolean eventStream;
    private volatile boolean upgrade;
    private volatile boolean abandoned;

    private TimedResponse(ServerHttpResponse response, PendingObservation pending) {
        super(response);
        this.pending = pending;
    }

    /** Of the kind that can send files without copying them where the given one can. */
    static TimedResponse of(ServerHttpResponse response, PendingObservation pending) {
        return response instanceof ZeroCopyHttpOutputMessage files
                ? new ZeroCopy(response, files, pending)
                : new TimedResponse(response, pending);
    }

    PendingObservation pending() {
        return pending;
    }

    /** Sets the header unless it is too late. Never throws. */
    void stamp() {
        try {
            if (!isCommitted()) {
                stamp(pending.observer().nanoTime());
            }
        } catch (Throwable fault) {
            fault(ResponseTime.HEADER, fault);
        }
    }

    private void stamp(long now) {
        String elapsed = ResponseTime.format(pending.nanosSinceStart(now));
        getHeaders().set(ResponseTime.HEADER, elapsed);
        if (pending.observer().showsServerTiming()) {
            stampServerTiming(ResponseTime.serverTiming(elapsed));
        }
    }

    /** The application may have entries of its own: they stay. */
    private void stampServerTiming(String own) {
        List<String> others = new ArrayList<>(getHeaders().getValuesAsList(ResponseTime.SERVER_TIMING));
        others.remove(serverTiming);
        getHeaders().set(ResponseTime.SERVER_TIMING, own);
        others.forEach(other -> getHeaders().add(ResponseTime.SERVER_TIMING, other));
        serverTiming = own;
    }

    /** Server-sent events, or a connection that became something else: no latency to speak of. */
    boolean isStream() {
        return eventStream || wireStatus(OK) == SWITCHING_PROTOCOLS;
    }

    /** Whether something has left for the client. */
    boolean isSent() {
        return isCommitted() && !ServletServer.holdsBack(this);
    }

    /** Whether the server stopped taking the body before its end. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** When the head was sent; the given instant when it was not. */
    long committedNanos(long otherwise) {
        return committed ? committedNanos : otherwise;
    }

    /** The status that goes over the wire; the given one where none was set. */
    int wireStatus(int otherwise) {
        HttpStatusCode status = getStatusCode();
        int set = status == null ? otherwise : status.value();
        return upgrade && set == OK && isUpgraded() ? SWITCHING_PROTOCOLS : set;
    }

    /** A server of Netty switches protocols past this response. */
    private boolean isUpgraded() {
        return NettyUpgrade.happened(getNativeResponse(this))
                || pending.attribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof WebSocketHandler;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return super.writeWith(watched(body));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(watchedGroups(body));
    }

    @Override
    public Mono<Void> setComplete() {
        arm();
        return super.setComplete();
    }

    /** Once. Never throws. */
    final void arm() {
        if (armed) {
            return;
        }
        armed = true;
        try {
            beforeCommit(() -> Mono.fromRunnable(this::committing));
        } catch (Throwable fault) {
            fault("beforeCommit", fault);
            stamp();
        }
    }

    private void committing() {
        try {
            long now = pending.observer().nanoTime();
            stamp(now);
            committedNanos = now;
            HttpHeaders headers = getHeaders();
            announced = headers.getContentLength();
            eventStream = isEventStream(headers.getFirst(HttpHeaders.CONTENT_TYPE));
            upgrade = !written && asksForWebSocket();
            committed = true;
            if (written && (single || isComplete())) {
                pending.answering();
            }
        } catch (Throwable fault) {
            fault("commit", fault);
        }
    }

    final void sendsInOneGo(boolean whole) {
        single = whole;
        written = whole;
    }

    private static boolean isEventStream(@Nullable String type) {
        return type != null && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
    }

    private boolean asksForWebSocket() {
        return pending.asksFor(HttpMethod.GET)
                && pending.header(HttpHeaders.UPGRADE).equalsIgnoreCase("websocket");
    }

    private boolean isComplete() {
        return announced >= 0 && bytes >= announced;
    }

    /** A Mono stays one: servers send that in one go. */
    private <T extends DataBuffer> Publisher<T> watched(Publisher<T> body) {
        arm();
        try {
            if (body instanceof Mono<T> mono) {
                single = true;
                return mono.tap(() -> new Body<>(true));
            }
            return Flux.from(body).tap(() -> new Body<>(true));
        } catch (Throwable fault) {
            fault("body", fault);
            return body;
        }
    }

    private Publisher<? extends Publisher<? extends DataBuffer>> watchedGroups(
            Publisher<? extends Publisher<? extends DataBuffer>> groups) {
        arm();
        try {
            return Flux.from(groups)
                    .<Publisher<? extends DataBuffer>>map(this::watchedGroup)
                    .tap(() -> new End<>());
        } catch (Throwable fault) {
            fault("body", fault);
            return groups;
        }
    }

    private <T extends DataBuffer> Publisher<T> watchedGroup(Publisher<T> group) {
        return Flux.from(group).tap(() -> new Body<>(false));
    }

    private void fault(String where, Throwable fault) {
        pending.observer().faults().count(where, fault);
    }

    /** The end of a body. Never throws: an exception of a listener would become the body's. */
    private class End<T> extends DefaultSignalListener<T> {

        @Override
        public void doOnComplete() {
            if (committed) {
                pending.answering();
            }
        }

        /** A server that finds its client gone wants no more of the body, and then may call that the end. */
        @Override
        public void doOnCancel() {
            abandoned = true;
        }
    }

    /** Buffers on their way to the server: all of a body, or one group of it. */
    private final class Body<T extends DataBuffer> extends End<T> {

        private final boolean whole;

        Body(boolean whole) {
            this.whole = whole;
        }

        @Override
        public void doOnNext(T buffer) {
            try {
                written = true;
                bytes += buffer.readableByteCount();
            } catch (Throwable fault) {
                fault("body", fault);
            }
            if (committed && isComplete()) {
                pending.answering();
            }
        }

        @Override
        public void doOnComplete() {
            if (whole) {
                super.doOnComplete();
            }
        }
    }

    /**
     * On a server that sends files by itself. One that fits the socket's buffer is as good as sent at commit; of a larger one the
     * server tells the end, a moment after the client has it.
     */
    private static final class ZeroCopy extends TimedResponse implements ZeroCopyHttpOutputMessage {

        private static final long SOCKET_BUFFER_BYTES = 64 * 1024;

        private final ZeroCopyHttpOutputMessage files;

        ZeroCopy(ServerHttpResponse response, ZeroCopyHttpOutputMessage files, PendingObservation pending) {
            super(response, pending);
            this.files = files;
        }

        @Override
        public Mono<Void> writeWith(Path file, long position, long count) {
            arm();
            sendsInOneGo(count <= SOCKET_BUFFER_BYTES);
            return files.writeWith(file, position, count);
        }
    }
}
