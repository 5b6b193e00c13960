package io.millisight.jdkhttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.millisight.http.Exchange;
import io.millisight.http.MillisightHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Serves the routes of {@link MillisightHttp}. */
final class RoutesHandler implements HttpHandler {

    private static final int NOT_FOUND = 404;
    private static final long NO_BODY = -1;

    private final MillisightHttp http;

    RoutesHandler(MillisightHttp http) {
        this.http = http;
    }

    /** What http throws goes on to the server, which cuts the connection: an answer that is broken off must not look whole. */
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Adapter adapter = new Adapter(exchange);
        if (!http.handle(adapter)) {
            exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        } else {
            adapter.end();
        }
        exchange.close();
    }

    /** An exchange of the JDK's server, which believes no forwarding header and shows them all. */
    private static final class Adapter implements Exchange {

        private static final long CHUNKED = 0;

        private final HttpExchange exchange;
        private int status;
        private @Nullable OutputStream body;

        Adapter(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public String method() {
            return exchange.getRequestMethod();
        }

        @Override
        public String path() {
            return exchange.getRequestURI().getRawPath();
        }

        @Override
        public @Nullable String query() {
            return exchange.getRequestURI().getRawQuery();
        }

        @Override
        public Collection<String> headerNames() {
            return exchange.getRequestHeaders().keySet();
        }

        @Override
        public List<String> headers(String name) {
            List<String> values = exchange.getRequestHeaders().get(name);
            return values == null ? List.of() : values;
        }

        @Override
        public @Nullable String remoteAddress() {
            InetSocketAddress peer = exchange.getRemoteAddress();
            return peer == null ? null : peer.getAddress().getHostAddress();
        }

        @Override
        public void status(int code) {
            status = code;
        }

        @Override
        public void responseHeader(String name, String value) {
            exchange.getResponseHeaders().set(name, value);
        }

        @Override
        public OutputStream body() throws IOException {
            exchange.sendResponseHeaders(status, CHUNKED);
            OutputStream out = exchange.getResponseBody();
            body = out;
            return out;
        }

        void end() throws IOException {
            OutputStream out = body;
            if (out == null) {
                exchange.sendResponseHeaders(status, NO_BODY);
            } else {
                out.close();
            }
        }
    }
}
