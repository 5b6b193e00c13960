package io.millisight.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millisight.http.Exchange;
import io.millisight.http.MillisightHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves the routes over real HTTP on this machine, by the JDK's own server. */
public final class LoopbackServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    public LoopbackServer(MillisightHttp http) throws IOException {
        // Read once by the server: without it, head and body of an answer wait 40 ms for one another on loopback.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                http.handle(new OverJdk(exchange));
            }
        });
        server.start();
    }

    /** Where a path is served. */
    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + pathAndQuery);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }

    private static final class OverJdk implements Exchange {

        private final HttpExchange exchange;
        private int status;

        OverJdk(HttpExchange exchange) {
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
        public String query() {
            return exchange.getRequestURI().getRawQuery();
        }

        @Override
        public Collection<String> headerNames() {
            return exchange.getRequestHeaders().keySet();
        }

        @Override
        public List<String> headers(String name) {
            return exchange.getRequestHeaders().getOrDefault(name, List.of());
        }

        @Override
        public String remoteAddress() {
            return exchange.getRemoteAddress().getAddress().getHostAddress();
        }

        @Override
        public void status(int code) {
            status = code;
        }

        @Override
        public void responseHeader(String name, String value) {
            exchange.getResponseHeaders().add(name, value);
        }

        @Override
        public OutputStream body() throws IOException {
            exchange.sendResponseHeaders(status, 0);
            return exchange.getResponseBody();
        }
    }
}
