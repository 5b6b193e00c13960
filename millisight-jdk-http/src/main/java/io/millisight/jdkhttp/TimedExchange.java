package io.millisight.jdkhttp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The exchange as the application sees it: tells the observation of the head, of the body's end, and when it is closed. */
final class TimedExchange extends HttpExchange {

    private static final long NOT_SENT = -1;
    private static final long CHUNKED = 0;

    private final HttpExchange exchange;
    private final PendingObservation pending;
    private @Nullable TimedBody body;
    private boolean streamsReplaced;
    private long announced = NOT_SENT;

    TimedExchange(HttpExchange exchange, PendingObservation pending) {
        this.exchange = exchange;
        this.pending = pending;
    }

    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        pending.answering(code, length);
        exchange.sendResponseHeaders(code, length);
        announced = length;
    }

    /** Whether so many bytes are all that was announced. */
    boolean isComplete(long bytes) {
        return announced > 0 && bytes >= announced;
    }

    /** Whether the head is sent, and did not say how long the body is: whoever closes that, ends it. */
    boolean isOpenEnded() {
        return announced == CHUNKED;
    }

    PendingObservation pending() {
        return pending;
    }

    /** Always the same one. What the application puts in its place writes through it, if it is to be sent at all. */
    @Override
    public OutputStream getResponseBody() {
        if (streamsReplaced) {
            return exchange.getResponseBody();
        }
        TimedBody timed = body;
        if (timed == null) {
            timed = new TimedBody(exchange.getResponseBody(), this);
            body = timed;
        }
        return timed;
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        exchange.setStreams(in, out);
        streamsReplaced |= out != null;
    }

    @Override
    public void close() {
        if (isOpenEnded() && (body != null || streamsReplaced)) {
            pending.completing(); // the server closes the body
        } else {
            pending.closing();
        }
        exchange.close();
    }

    @Override
    public Headers getRequestHeaders() {
        return exchange.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.getHttpContext();
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.getRequestBody();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
        return exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        exchange.setAttribute(name, value);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return exchange.getPrincipal();
    }
}
