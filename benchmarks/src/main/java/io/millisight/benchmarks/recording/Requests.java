package io.millisight.benchmarks.recording;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What a framework hands over, made beforehand: twenty endpoints in shuffled order, log-normal durations around 10 ms. The
 * route is the same string at every request, as frameworks keep their templates. Read by any thread.
 */
final class Requests {

    /** Requests that are told apart; a power of two. */
    static final int COUNT = 4_096;

    private static final int MASK = COUNT - 1;

    private static final String[] ROUTES = {
        "/api/products",
        "/api/products/{id}",
        "/api/products/{id}/reviews",
        "/api/search",
        "/api/checkout",
        "/api/orders/{id}",
        "/api/orders/{id}/items",
        "/api/customers/{id}",
        "/api/customers/{id}/addresses/{addressId}",
        "/api/sessions",
        "/api/cart",
        "/api/cart/items/{itemId}",
        "/api/payments/{id}",
        "/api/shipments/{id}/events",
        "/api/recommendations",
        "/api/inventory/{sku}",
    };

    private final String[] methods = new String[COUNT];
    private final String[] routes = new String[COUNT];
    private final String[] paths = new String[COUNT];
    private final String[] users = new String[COUNT];
    private final int[] endpoints = new int[COUNT];
    private final long[] durations = new long[COUNT];

    /** Of twenty endpoints. */
    Requests() {
        this(endpointCount());
    }

    /** Of so many endpoints: the twenty, and others like them. */
    Requests(int endpoints) {
        Random random = new Random(20_261_123);
        String[] others = new String[endpoints];
        for (int endpoint = 0; endpoint < endpoints; endpoint++) {
            others[endpoint] = "/api/resource" + endpoint + "/{id}";
        }
        for (int i = 0; i < COUNT; i++) {
            int endpoint = random.nextInt(endpoints);
            this.endpoints[i] = endpoint;
            methods[i] = methodOf(endpoint);
            routes[i] = endpoint < endpointCount() ? routeOf(endpoint) : others[endpoint];
            paths[i] = routes[i].replaceAll("\\{[^}]*}", String.valueOf(10_000 + random.nextInt(90_000)));
            users[i] = "user-" + (100_000 + random.nextInt(900_000));
            durations[i] = (long) (TimeUnit.MILLISECONDS.toNanos(10) * Math.exp(0.6 * random.nextGaussian()));
        }
    }

    /** Sixteen routes, the first four of them with two methods. */
    static int endpointCount() {
        return ROUTES.length + 4;
    }

    static String methodOf(int endpoint) {
        return endpoint < ROUTES.length ? "GET" : "POST";
    }

    static String routeOf(int endpoint) {
        return ROUTES[endpoint % ROUTES.length];
    }

    String method(int i) {
        return methods[i & MASK];
    }

    String route(int i) {
        return routes[i & MASK];
    }

    String path(int i) {
        return paths[i & MASK];
    }

    String user(int i) {
        return users[i & MASK];
    }

    int endpoint(int i) {
        return endpoints[i & MASK];
    }

    long durationNanos(int i) {
        return durations[i & MASK];
    }
}
