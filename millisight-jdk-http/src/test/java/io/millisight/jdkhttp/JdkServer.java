package io.millisight.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The JDK's server on a free port, with contexts of a test, and what was recorded of them. */
final class JdkServer implements AutoCloseable {

    final Millisight millisight;
    final MillisightHttpServerFilter filter;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private int taken;

    JdkServer(Path data) throws IOException {
        this(data, TimeSource.SYSTEM);
    }

    JdkServer(Path data, TimeSource time) throws IOException {
        this(time, settings(data));
    }

    JdkServer(TimeSource time, MillisightConfig.Builder settings) throws IOException {
        millisight = Millisight.start(settings.build(), time);
        filter = new MillisightHttpServerFilter(millisight);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    static MillisightConfig.Builder settings(Path data) {
        return MillisightConfig.builder().dataDirectory(data).store("memory").requestLogLimit(0);
    }

    HttpContext handle(String path, HttpHandler handler, Filter... inner) {
        HttpContext context = server.createContext(path, handler);
        context.getFilters().add(filter);
        context.getFilters().addAll(List.of(inner));
        return context;
    }

    void serveRoutes() {
        filter.addRoutes(server, new MillisightHttp(millisight, HttpConfig.defaults()));
    }

    int port() {
        return server.getAddress().getPort();
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** A request on a connection of its own. */
    Socket open(String path, String headers) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    StoredRequest takeOne() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (recorded().size() <= taken && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(recorded()).as("recorded requests").hasSize(taken + 1);
        return recorded().get(taken++);
    }

    List<StoredRequest> recorded() {
        List<StoredRequest> all = new ArrayList<>(millisight
                .requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), RequestQuery.MAX_LIMIT))
                .requests());
        Collections.reverse(all);
        return all;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        millisight.close();
    }
}
