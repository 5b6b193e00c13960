package com.example.shop;

import static org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

@Repository
class Orders {

    private final JdbcClient jdbc;
    private final Products products;

    Orders(JdbcClient jdbc, Products products) {
        this.jdbc = jdbc;
        this.products = products;
    }

    /** Writes the order with today's prices. */
    @Transactional
    public Order place(String email, List<Checkout.Item> items) {
        var lines = new ArrayList<Order.Line>();
        for (Checkout.Item item : items) {
            Product product = products.byId(item.productId())
                    .orElseThrow(() -> new ResponseStatusException(
                            UNPROCESSABLE_CONTENT, "There is no product " + item.productId() + "."));
            lines.add(new Order.Line(product.id(), item.quantity(), product.priceCents()));
        }
        long total = lines.stream()
                .mapToLong(line -> line.quantity() * line.priceCents())
                .sum();
        String placedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        long id = jdbc.sql("insert into customer_order (email, placed_at, total_cents) values (?, ?, ?) returning id")
                .params(email, placedAt, total)
                .query(Long.class)
                .single();
        for (Order.Line line : lines) {
            jdbc.sql("insert into order_line (order_id, product_id, quantity, price_cents) values (?, ?, ?, ?)")
                    .params(id, line.productId(), line.quantity(), line.priceCents())
                    .update();
        }
        return new Order(id, email, placedAt, total, lines);
    }

    Optional<Order> byId(long id) {
        List<Order.Line> lines = jdbc.sql(
                        "select product_id, quantity, price_cents from order_line where order_id = ? order by product_id")
                .param(id)
                .query(Order.Line.class)
                .list();
        return jdbc.sql("select email, placed_at, total_cents from customer_order where id = ?")
                .param(id)
                .query((row, n) -> new Order(
                        id, row.getString("email"), row.getString("placed_at"), row.getLong("total_cents"), lines))
                .optional();
    }

    record DaySales(String day, long orders, long totalCents) {}

    List<DaySales> salesByDay() {
        return jdbc.sql("""
                        select substr(placed_at, 1, 10) as day, count(*) as orders, sum(total_cents) as total_cents
                        from customer_order group by day order by day desc limit 30""").query(DaySales.class).list();
    }
}
