package io.millisight.jdkhttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observer;
import io.millisight.observe.Outcome;
import io.millisight.observe.ResponseTime;
import io.millisight.observe.RouteNormalizer;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to one observation. Recorded before what completes the answer is handed to the server: the head where no body
 * follows, the last announced byte, or the end of the body. So a handler that answers later, on another thread, is timed until it has.
 *
 * <p>An exchange is used by one thread at a time; where its handler hands it on, the filter and that thread race to the end,
 * hence {@link #finished}: whoever sets it records. Never throws.
 */
final class PendingObservation {

    private static final String EVENT_STREAM = "text/event-stream";
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int SERVER_ERROR = 500;

    private static final AtomicIntegerFieldUpdater<PendingObservation> FINISHED =
            AtomicIntegerFieldUpdater.newUpdater(PendingObservation.class, "finished");

    private final Observer observer;
    private final HttpExchange exchange;
    private final HttpExchange timed;
    private final long startNanos;
    private final boolean excluded;
    private volatile int status;
    private volatile long committedNanos;
    private volatile boolean stream;
    private volatile boolean aborted;

    @SuppressWarnings("unused") // through FINISHED
    private volatile int finished;

    PendingObservation(Observer observer, HttpExchange exchange) {
        this.observer = observer;
        this.exchange = exchange;
        this.startNanos = observer.nanoTime();
        this.excluded = observer.excludes(exchange.getRequestURI().getRawPath(), "");
        if (exchange.getHttpContext().getAuthenticator() == null) {
            this.timed = MillisightHttpServerFilter.timed(exchange, this);
        } else {
            this.timed = exchange; // the server's authentication takes no other
            exchange.getResponseHeaders().put(ResponseTime.HEADER, new Elapsed(false));
            if (observer.showsServerTiming()) {
                exchange.getResponseHeaders().put(ResponseTime.SERVER_TIMING, new Elapsed(true));
            }
        }
    }

    /** It is in flight from here on, unless its path is excluded. */
    void begins() {
        if (!excluded) {
            observer.inFlight().began();
        }
    }

    /** A value of a header that is made when the server reads it: while it sends the head. */
    private final class Elapsed extends AbstractList<String> {

        private final boolean serverTiming;

        Elapsed(boolean serverTiming) {
            this.serverTiming = serverTiming;
        }

        @Override
        public String get(int index) {
            long elapsed = 0;
            try {
                elapsed = observer.nanoTime() - startNanos;
            } catch (Throwable fault) {
                observer.faults().count(ResponseTime.HEADER, fault);
            }
            String formatted = ResponseTime.format(elapsed);
            return serverTiming ? ResponseTime.serverTiming(formatted) : formatted;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    /** The exchange for the application. */
    HttpExchange timed() {
        return timed;
    }

    /** The head is about to be sent. */
    void answering(int code, long length) {
        try {
            if (status != 0) {
                return; // the server will refuse this second one
            }
            long now = observer.nanoTime();
            status = code;
            committedNanos = now;
            var headers = exchange.getResponseHeaders();
            String elapsed = ResponseTime.format(now - startNanos);
            headers.set(ResponseTime.HEADER, elapsed);
            if (observer.showsServerTiming()) {
                List<String> others = headers.getOrDefault(ResponseTime.SERVER_TIMING, List.of());
                headers.set(ResponseTime.SERVER_TIMING, ResponseTime.serverTiming(elapsed));
                others.forEach(other -> headers.add(ResponseTime.SERVER_TIMING, other));
            }
            String type = headers.getFirst("Content-Type");
            boolean events = type != null && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
            stream = events || code == SWITCHING_PROTOCOLS;
            if (length < 0 || hasNoBody(code)) {
                finish(Outcome.COMPLETED);
            }
        } catch (Throwable fault) {
            observer.faults().count(ResponseTime.HEADER, fault);
        }
    }

    private boolean hasNoBody(int code) {
        return exchange.getRequestMethod().equals("HEAD") || code < 200 || code == NO_CONTENT || code == NOT_MODIFIED;
    }

    /** What is sent next completes the answer. */
    void completing() {
        finish(aborted ? Outcome.CLIENT_ABORT : Outcome.COMPLETED);
    }

    /** Writing failed: the client is gone. */
    void aborted() {
        aborted = true;
    }

    /** The exchange is closed: with nothing sent, or in the middle of a body, the client gets no whole answer. */
    void closing() {
        finish(aborted ? Outcome.CLIENT_ABORT : Outcome.EXCEPTION);
    }

    /** The chain came back. A handler that threw will not answer any more; any other may yet, but unwatched it is not seen. */
    void left(@Nullable Throwable thrown) {
        boolean unwatched = timed == exchange;
        if (unwatched) {
            status = Math.max(0, exchange.getResponseCode());
        }
        if (thrown != null) {
            finish(aborted ? Outcome.CLIENT_ABORT : Outcome.EXCEPTION);
        } else if (unwatched && status != 0) {
            finish(Outcome.COMPLETED);
        } else if (unwatched) {
            lost();
        }
    }

    private void lost() {
        if (FINISHED.compareAndSet(this, 0, 1) && !excluded) {
            observer.inFlight().ended();
            observer.lost();
        }
    }

    private void finish(Outcome outcome) {
        try {
            if (FINISHED.compareAndSet(this, 0, 1) && !excluded) {
                observer.inFlight().ended();
                record(outcome);
            }
        } catch (Throwable fault) {
            observer.faults().count("finish", fault);
            observer.lost();
        }
    }

    private void record(Outcome outcome) {
        long now = observer.nanoTime();
        String path = exchange.getRequestURI().getRawPath();
        int sent = status == 0 ? SERVER_ERROR : status;
        observer.recorder()
                .record(
                        exchange.getRequestMethod(),
                        route(path, sent),
                        sent,
                        outcome,
                        stream,
                        startNanos,
                        stream ? committedNanos : now,
                        userId(),
                        path);
    }

    /**
     * A context answers for all that begins with its path. What it answered is told by the normalized path; what it refused may be
     * anyone's invention, and must not become an endpoint.
     */
    private String route(String path, int sent) {
        String context = exchange.getHttpContext().getPath();
        if (path.equals(context)) {
            return context;
        }
        boolean refused = sent >= 300 && sent < SERVER_ERROR && sent != NOT_MODIFIED;
        if (!refused) {
            return RouteNormalizer.normalize(path);
        }
        String below = context.endsWith("/") ? context : context + "/";
        return below.equals("/") ? Endpoint.UNMATCHED_ROUTE : below + "*";
    }

    private @Nullable String userId() {
        HttpPrincipal principal = observer.keepsUserIds() ? exchange.getPrincipal() : null;
        return principal == null ? null : principal.getUsername();
    }
}
