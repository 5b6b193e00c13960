package com.example.shop;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Customers, a few requests a second, over real HTTP. Begins after the web server and, by the default phase of a
 * lifecycle, ends before it: stopping the shop fails nobody's request.
 */
@Component
@ConditionalOnBooleanProperty("shop.traffic")
class Traffic implements SmartLifecycle {

    private static final double REQUESTS_PER_SECOND = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PRODUCTS = 120;

    /** What customers do, and how often beside each other. */
    private enum Visit {
        PRODUCT(30),
        PRODUCT_LIST(20),
        SEARCH(15),
        CART(8),
        STOCK(8),
        CHECKOUT(6),
        SHIPPING_QUOTE(5),
        RECOMMENDATIONS(5),
        HOME(4),
        ORDER(4),
        OLD_ADDRESS(2),
        EXPORT(1),
        UNKNOWN_PRODUCT(1),
        SALES_REPORT(1),
        FAILING_CHARGE(1);

        private final int weight;

        Visit(int weight) {
            this.weight = weight;
        }
    }

    private static final List<String> SEARCHES = List.of("oak", "walnut", "lamp", "desk", "bowl", "wool", "xylophone");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Environment environment;
    private volatile @Nullable Thread thread;

    Traffic(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void start() {
        URI shop = URI.create("http://localhost:" + environment.getRequiredProperty("local.server.port"));
        var visitors = new Thread(() -> visitUntilInterrupted(shop), "shop-traffic");
        visitors.setDaemon(true);
        visitors.start();
        thread = visitors;
    }

    @Override
    public void stop() {
        Thread visitors = thread;
        thread = null;
        if (visitors != null) {
            visitors.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Requests go out at random moments and do not wait for each other, as those of strangers. */
    private void visitUntilInterrupted(URI shop) {
        var random = ThreadLocalRandom.current();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep((long) (-Math.log(1 - random.nextDouble()) * 1_000 / REQUESTS_PER_SECOND));
                var unused = client.sendAsync(request(shop, choose(random), random), BodyHandlers.discarding());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Visit choose(ThreadLocalRandom random) {
        int total = 0;
        for (Visit visit : Visit.values()) {
            total += visit.weight;
        }
        int left = random.nextInt(total);
        for (Visit visit : Visit.values()) {
            left -= visit.weight;
            if (left < 0) {
                return visit;
            }
        }
        throw new AssertionError("weights do not add up");
    }

    private static HttpRequest request(URI shop, Visit visit, ThreadLocalRandom random) {
        long product = random.nextInt(1, PRODUCTS + 1);
        return switch (visit) {
            case PRODUCT -> get(shop, "/api/products/" + product);
            case PRODUCT_LIST -> get(shop, "/api/products?page=" + random.nextInt(6));
            case SEARCH -> get(shop, "/api/products/search?q=" + SEARCHES.get(random.nextInt(SEARCHES.size())));
            case CART -> cart(shop, random.nextInt(1, 50), product, random.nextBoolean());
            case STOCK -> get(shop, "/api/stock/" + product);
            case CHECKOUT -> checkout(shop, product, random.nextInt(1, 4));
            case SHIPPING_QUOTE -> get(shop, "/api/shipping/quote?grams=" + random.nextInt(100, 5_000));
            case RECOMMENDATIONS -> get(shop, "/api/recommendations");
            case HOME -> get(shop, "/");
            case ORDER -> get(shop, "/api/orders/" + random.nextInt(1, 20));
            case OLD_ADDRESS -> get(shop, "/products/" + product);
            case EXPORT -> get(shop, "/api/products/export");
            case UNKNOWN_PRODUCT -> get(shop, "/api/products/999999");
            case SALES_REPORT -> get(shop, "/api/reports/sales");
            case FAILING_CHARGE -> post(shop, "/api/payments/charge", "{}");
        };
    }

    private static HttpRequest get(URI shop, String path) {
        return to(shop, path).build();
    }

    private static HttpRequest post(URI shop, String path, String json) {
        return to(shop, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    private static HttpRequest cart(URI shop, int cart, long product, boolean add) {
        var request = to(shop, "/api/carts/c" + cart + "/items/" + product);
        return add
                ? request.PUT(BodyPublishers.noBody()).build()
                : request.DELETE().build();
    }

    private static HttpRequest.Builder to(URI shop, String path) {
        return HttpRequest.newBuilder(shop.resolve(path)).timeout(PATIENCE);
    }

    private static HttpRequest checkout(URI shop, long product, int quantity) {
        return post(shop, "/api/checkout", """
                {"email": "customer@example.com", "items": [{"productId": %d, "quantity": %d}]}""".formatted(product, quantity));
    }
}
