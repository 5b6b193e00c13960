package io.millisight.browser;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** What a shop's day looks like: a few busy pages, some slow ones, one that fails now and then. The same every time. */
final class Traffic {

    private static final List<Page> PAGES = List.of(
            new Page("GET /products", 30, 3.1, 0.45, 0.0002, 503),
            new Page("GET /products/{id}", 26, 2.2, 0.35, 0.01, 404),
            new Page("GET /search", 14, 22, 0.7, 0.001, 500),
            new Page("PUT /cart/items/{id}", 9, 6.5, 0.4, 0.004, 409),
            new Page("GET /cart", 8, 4.2, 0.4, 0.0, 500),
            new Page("POST /checkout", 3.5, 140, 0.35, 0.006, 500),
            new Page("GET /orders/{id}", 3, 8, 0.5, 0.02, 404),
            new Page("POST /payments/charge", 2.4, 95, 0.55, 0.03, 502),
            new Page("GET /recommendations", 2, 60, 0.8, 0.002, 500),
            new Page("GET /account", 1.2, 5, 0.3, 0.05, 401),
            new Page("POST /login", 0.6, 75, 0.15, 0.12, 401),
            new Page("GET /reports/sales", 0.2, 640, 0.2, 0.0, 500),
            new Page("POST /imports/catalogue", 0.1, 2_600, 0.3, 0.05, 500));
    private static final double ALL = PAGES.stream().mapToDouble(Page::weight).sum();

    private final Shop shop;
    private final Random random;
    private final Thread thread = new Thread(this::run, "traffic");
    private volatile boolean stopped;

    /**
     * @param weight how often, beside the others
     * @param millis the median
     * @param spread sigma of the logarithm
     * @param failures the share that gets {@code failure} for a status
     */
    private record Page(String endpoint, double weight, double millis, double spread, double failures, int failure) {}

    private Traffic(Shop shop, long seed) {
        this.shop = shop;
        this.random = new Random(seed);
    }

    /** Records so many requests of the time that has passed, more of them by day; half an hour of it was bad. */
    static void past(Shop shop, Duration range, int requests) {
        Traffic traffic = new Traffic(shop, 7);
        for (int i = 0; i < requests; i++) {
            double ago =
                    range.toSeconds() * Math.sqrt(traffic.random.nextDouble()); // the more the longer ago: thins out
            ago = range.toSeconds() - ago;
            boolean bad = ago > 1_200 && ago < 1_740;
            traffic.request(Duration.ofMillis((long) (ago * 1_000)), bad ? 3.5 : 1);
            if (i % 20_000 == 19_999) {
                shop.millisight().flush();
            }
        }
        shop.millisight().flush();
    }

    /** Some five requests a second until it is stopped. */
    static Traffic start(Shop shop) {
        Traffic traffic = new Traffic(shop, 11);
        traffic.thread.start();
        return traffic;
    }

    private void run() {
        while (!stopped) {
            request(Duration.ZERO, 1);
            LockSupport.parkNanos((long) (-Math.log(1 - random.nextDouble()) * 200e6));
        }
    }

    private void request(Duration ago, double slowness) {
        double pick = random.nextDouble() * ALL;
        for (Page page : PAGES) {
            pick -= page.weight;
            if (pick < 0) {
                double millis = page.millis * Math.exp(page.spread * random.nextGaussian()) * slowness;
                int status = random.nextDouble() < page.failures * slowness ? page.failure : 200;
                shop.record(page.endpoint, status, millis, ago);
                return;
            }
        }
    }

    void stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
