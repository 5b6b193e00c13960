package io.millisight.spring.reactive;

import io.millisight.http.Exchange;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

/** A request to a WebFlux application, as it came over the wire, and its response, for the routes. */
class ReactiveExchange implements Exchange {

    private final ServerHttpRequest request;
    private final ServerHttpResponse response;
    private final OutputStream body;

    ReactiveExchange(ServerHttpRequest request, ServerHttpResponse response, OutputStream body) {
        this.request = request;
        this.response = response;
        this.body = body;
    }

    @Override
    public String method() {
        return request.getMethod().name();
    }

    @Override
    public String path() {
        return path(request);
    }

    /** As sent, without the context path. */
    static String path(ServerHttpRequest request) {
        return request.getPath().pathWithinApplication().value();
    }

    @Override
    public @Nullable String query() {
        return request.getURI().getRawQuery();
    }

    /** Only what the headers of Spring 6 and 7 have in common is used here. */
    @Override
    public Collection<String> headerNames() {
        List<String> names = new ArrayList<>();
        request.getHeaders().forEach((name, values) -> names.add(name));
        return names;
    }

    @Override
    public List<String> headers(String name) {
        List<String> all = new ArrayList<>();
        request.getHeaders().forEach((header, values) -> {
            if (header.equalsIgnoreCase(name) && all.isEmpty()) { // each spelling brings the values of all
                all.addAll(values);
            }
        });
        return all;
    }

    @Override
    public @Nullable String remoteAddress() {
        if (ServletServer.hidesPeer(request, response)) {
            return null;
        }
        InetSocketAddress peer = request.getRemoteAddress();
        return peer == null || peer.getAddress() == null
                ? null
                : peer.getAddress().getHostAddress();
    }

    @Override
    public void status(int status) {
        response.setStatusCode(HttpStatusCode.valueOf(status));
    }

    @Override
    public void responseHeader(String name, String value) {
        response.getHeaders().set(name, value);
    }

    @Override
    public OutputStream body() {
        return body;
    }
}
