package io.millisight.jdkhttp;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** What the README shows, line by line. */
final class ReadmeExample {

    private ReadmeExample() {}

    static HttpServer start(int port, HttpHandler invoices) throws IOException {
        // README
        Millisight millisight =
                Millisight.start(MillisightConfig.builder().service("billing").build());
        MillisightHttpServerFilter filter = new MillisightHttpServerFilter(millisight);
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext("/invoices", invoices).getFilters().add(filter);
        filter.addRoutes(server, new MillisightHttp(millisight, HttpConfig.defaults()));
        server.start();
        // README
        return server;
    }
}
