package com.example.verify;

import java.io.IOException;

/** Every kind of answer carries X-Response-Time. */
final class HeaderRound {

    private final Client client;
    private final Checks checks;

    HeaderRound(Client client, Checks checks) {
        this.client = client;
        this.checks = checks;
    }

    void run() throws IOException, InterruptedException {
        checks.section("X-Response-Time on every kind of answer");
        String product = "/api/products/{id}";
        String item = "/api/carts/{cart}/items/{productId}";
        Request checkout = Request.of("POST", "/api/checkout", "/api/checkout").json(FiguresRound.ORDER);
        timed(200, "a page", Request.get("/api/products"));
        timed(200, "HEAD", Request.of("HEAD", product, "/api/products/42"));
        timed(201, "checkout", checkout);
        timed(204, "removed from the cart", Request.of("DELETE", item, "/api/carts/mine/items/42"));
        timed(301, "old address", Request.get("/products/{id}", "/products/42"));
        timed(304, "the client has it", Request.get(product, "/api/products/42").header("If-None-Match", tag()));
        timed(400, "not a number", Request.get(product, "/api/products/forty-two"));
        timed(404, "no such product", Request.get(product, "/api/products/4242"));
        timed(404, "no such route", Request.get("{unmatched}", "/nowhere"));
        timed(405, "not allowed", Request.of("DELETE", "{unmatched}", "/api/products"));
        timed(500, "a dependency failed", Request.of("POST", "/api/payments/charge", "/api/payments/charge"));
        timed(500, "an exception", Request.of("POST", "/api/payments/refund", "/api/payments/refund"));
        timed(200, "asynchronous, DeferredResult", Request.get("/api/stock/{productId}", "/api/stock/42"));
        timed(200, "asynchronous, Callable", Request.get("/api/shipping/quote"));
        timed(200, "streamed", Request.get("/api/products/export"));
        timed(200, "a static file", Request.get("/**", "/shop.css"));
        timed(200, "slow", Request.get("/api/reports/sales"));
        timed(200, "the metrics", Request.get("/metrics"));
    }

    private String tag() throws IOException, InterruptedException {
        return client.send(Request.get("/api/products/{id}", "/api/products/42"))
                .headers()
                .firstValue("ETag")
                .orElse("none");
    }

    private void timed(int status, String kind, Request request) throws IOException, InterruptedException {
        Exchange exchange = client.send(request);
        boolean ok = exchange.status() == status && exchange.isTimed();
        String time = exchange.responseTimes().isEmpty() ? "none" : String.join(", ", exchange.responseTimes());
        checks.check(ok, exchange.status() + " " + kind, "%s", time);
    }
}
