package io.millisight.jdkhttp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLSession;

/** A {@link TimedExchange} that an application knows for one over TLS. */
final class TimedHttpsExchange extends HttpsExchange {

    private final TimedExchange timed;
    private final HttpsExchange secure;

    TimedHttpsExchange(TimedExchange timed, HttpsExchange secure) {
        this.timed = timed;
        this.secure = secure;
    }

    @Override
    public SSLSession getSSLSession() {
        return secure.getSSLSession();
    }

    @Override
    public Headers getRequestHeaders() {
        return timed.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return timed.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return timed.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return timed.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return timed.getHttpContext();
    }

    @Override
    public void close() {
        timed.close();
    }

    @Override
    public InputStream getRequestBody() {
        return timed.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return timed.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        timed.sendResponseHeaders(code, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return timed.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return timed.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return timed.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return timed.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
        return timed.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        timed.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
        timed.setStreams(in, out);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return timed.getPrincipal();
    }
}
