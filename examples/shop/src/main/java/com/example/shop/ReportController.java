package com.example.shop;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The two routes that every shop has: the report nobody dared to tune, and the engine that thinks. */
@RestController
class ReportController {

    private final Orders orders;
    private final Products products;
    private final ShopSettings settings;

    ReportController(Orders orders, Products products, ShopSettings settings) {
        this.orders = orders;
        this.products = products;
        this.settings = settings;
    }

    @GetMapping("/api/reports/sales")
    List<Orders.DaySales> sales() throws InterruptedException {
        Thread.sleep(settings.salesReportTakes().toMillis());
        return orders.salesByDay();
    }

    @GetMapping("/api/recommendations")
    List<Product> recommendations() throws InterruptedException {
        Thread.sleep(settings.recommendationsTake().toMillis());
        return products.page(0, 5);
    }
}
