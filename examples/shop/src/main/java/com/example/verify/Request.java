package com.example.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * A request to send.
 *
 * @param endpoint what the service is expected to count it under: method and route
 * @param headers names and values in turn
 */
record Request(String endpoint, String method, String path, String body, List<String> headers) {

    static Request get(String route, String path) {
        return of("GET", route, path);
    }

    static Request get(String route) {
        return get(route, route);
    }

    static Request of(String method, String route, String path) {
        return new Request(method + " " + route, method, path, "", List.of());
    }

    Request json(String json) {
        return new Request(endpoint, method, path, json, List.of("Content-Type", "application/json"));
    }

    Request header(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new Request(endpoint, method, path, body, more);
    }
}
