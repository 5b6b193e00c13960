package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class ShopTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext shop;
    private static URI address;

    @BeforeAll
    static void openTheShop(@TempDir Path data) {
        shop = SpringApplication.run(
                ShopApplication.class,
                "--server.port=0",
                "--shop.data-dir=" + data.resolve("shop"),
                "--shop.sales-report-takes=1ms",
                "--shop.recommendations-take=1ms",
                "--millisight.data-dir=" + data.resolve("millisight"));
        address = URI.create("http://localhost:" + shop.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void closeTheShop() {
        shop.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 200",
        "GET, /shop.css, 200",
        "GET, /api/products, 200",
        "GET, /api/products?size=101, 400",
        "GET, /api/products?page=-1, 400",
        "GET, /api/products/42, 200",
        "HEAD, /api/products/42, 200",
        "GET, /api/products/4242, 404",
        "GET, /api/products/search?q=oak, 200",
        "GET, /products/42, 301",
        "GET, /api/stock/42, 200",
        "GET, /api/shipping/quote, 200",
        "GET, /api/recommendations, 200",
        "GET, /api/reports/sales, 200",
        "GET, /api/orders/4242, 404",
        "PUT, /api/carts/mine/items/4242, 404",
        "POST, /api/payments/charge, 500",
        "POST, /api/payments/refund, 500",
        "DELETE, /api/products, 405",
        "GET, /nowhere, 404",
    })
    void answersEveryRouteWithItsStatus(String method, String path, int status) throws Exception {
        assertThat(send(method, path, "").statusCode()).isEqualTo(status);
    }

    @Test
    void keepsAnOrderUnderItsLocation() throws Exception {
        var placed = send("POST", "/api/checkout", """
                {"email": "ann@example.com", "items": [{"productId": 3, "quantity": 2}]}""");

        assertThat(placed.statusCode()).isEqualTo(201);
        var kept = send("GET", placed.headers().firstValue("Location").orElseThrow(), "");
        assertThat(kept.statusCode()).isEqualTo(200);
        assertThat(kept.body()).isEqualTo(placed.body()).contains("\"totalCents\":6860");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"email\": \"ann@example.com\"}",
                "{\"email\": \"ann@example.com\", \"items\": [{\"productId\": 3, \"quantity\": 0}]}",
                "{\"email\": \"ann@example.com\", \"items\": [{\"productId\": 4242, \"quantity\": 1}]}",
            })
    void refusesAnOrderThatCannotBeDelivered(String order) throws Exception {
        assertThat(send("POST", "/api/checkout", order).statusCode()).isEqualTo(422);
    }

    @Test
    void remembersWhatIsInACart() throws Exception {
        assertThat(send("PUT", "/api/carts/ours/items/7", "").statusCode()).isEqualTo(204);
        assertThat(send("GET", "/api/carts/ours", "").body()).contains("Oak Clock");

        assertThat(send("DELETE", "/api/carts/ours/items/7", "").statusCode()).isEqualTo(204);
        assertThat(send("GET", "/api/carts/ours", "").body()).isEqualTo("[]");
    }

    @Test
    void sendsNoProductThatTheClientAlreadyHas() throws Exception {
        String tag =
                send("GET", "/api/products/42", "").headers().firstValue("ETag").orElseThrow();

        var again = HttpRequest.newBuilder(address.resolve("/api/products/42"))
                .header("If-None-Match", tag)
                .build();

        assertThat(CLIENT.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(304);
    }

    @Test
    void exportsTheWholeCatalogue() throws Exception {
        assertThat(send("GET", "/api/products/export", "").body().lines())
                .hasSize(121)
                .startsWith("id,name,category,price_cents", "1,Oak Desk,office,40460");
    }

    private static HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }
}
