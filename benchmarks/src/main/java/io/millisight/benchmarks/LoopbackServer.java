package io.millisight.benchmarks;

import com.sun.net.httpserver.HttpServer;
import io.millisight.Millisight;
import io.millisight.http.MillisightHttp;
import io.millisight.jdkhttp.MillisightHttpServerFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves the routes over real HTTP on this machine, by the JDK's own server. */
public final class LoopbackServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    public LoopbackServer(Millisight millisight, MillisightHttp http) throws IOException {
        // Read once by the server: without it, head and body of an answer wait 40 ms for one another on loopback.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        new MillisightHttpServerFilter(millisight).addRoutes(server, http);
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
}
