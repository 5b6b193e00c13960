package io.millisight.servlet;

import io.millisight.http.Exchange;
import io.millisight.http.LiveStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A servlet request and its response, for the routes.
 *
 * <p>Access is decided on what came over the wire, so this reads the container's own request, beneath all wrappers: a
 * framework's wrapper may put in the place of the peer what a forwarding header says, and hide that header.
 */
public final class ServletExchange implements Exchange {

    /**
     * Set by Tomcat's RemoteIpValve, which puts a header's address in the place of the peer's and drops the header. It
     * sets this for a peer in a private network whether there was such a header or not, and leaves no way to tell.
     */
    private static final String MAYBE_REPLACED_BY_TOMCAT = "org.apache.tomcat.request.forwarded";

    /** A class of the container's own, where it has WebSockets. */
    private static final String WEB_SOCKETS = "jakarta.websocket.server.ServerContainer";

    private final HttpServletRequest wrapped;
    private final HttpServletRequest request;
    private final HttpServletResponse response;

    public ServletExchange(HttpServletRequest request, HttpServletResponse response) {
        this.wrapped = request;
        this.request = bare(request);
        this.response = response;
    }

    private static HttpServletRequest bare(HttpServletRequest request) {
        ServletRequest at = request;
        while (at instanceof ServletRequestWrapper wrapper) {
            at = wrapper.getRequest();
        }
        return at instanceof HttpServletRequest http ? http : request;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        String uri = request.getRequestURI();
        String context = request.getContextPath();
        return uri.startsWith(context) ? uri.substring(context.length()) : uri;
    }

    @Override
    public @Nullable String query() {
        return request.getQueryString();
    }

    @Override
    public Collection<String> headerNames() {
        return Collections.list(request.getHeaderNames());
    }

    /** A container puts an HTTP/2 {@code :authority} in the place of Host where there is none. */
    @Override
    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }

    @Override
    public @Nullable String remoteAddress() {
        return request.getAttribute(MAYBE_REPLACED_BY_TOMCAT) == null ? request.getRemoteAddr() : null;
    }

    @Override
    public void status(int status) {
        response.setStatus(status);
    }

    @Override
    public void responseHeader(String name, String value) {
        response.setHeader(name, value);
    }

    @Override
    public Streaming streaming() {
        if (asksForWebSocket() && request.getServletContext().getAttribute(WEB_SOCKETS) != null) {
            return Streaming.WEB_SOCKET;
        }
        return wrapped.isAsyncSupported() ? Streaming.EVENT_STREAM : Streaming.NONE;
    }

    private boolean asksForWebSocket() {
        return request.getMethod().equals("GET") && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    @Override
    public void stream(LiveStream live) throws IOException {
        if (streaming() == Streaming.WEB_SOCKET) {
            WebSocketStream.start(wrapped, response, live);
        } else {
            EventStream.start(wrapped, response, live);
        }
    }

    @Override
    public OutputStream body() throws IOException {
        return response.getOutputStream();
    }
}
