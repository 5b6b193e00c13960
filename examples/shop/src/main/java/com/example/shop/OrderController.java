package com.example.shop;

import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT;

import java.net.URI;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class OrderController {

    private final Orders orders;

    OrderController(Orders orders) {
        this.orders = orders;
    }

    @PostMapping("/api/checkout")
    ResponseEntity<Order> checkout(@RequestBody Checkout checkout) {
        String email = checkout.email();
        if (email == null || !email.contains("@")) {
            throw new ResponseStatusException(UNPROCESSABLE_CONTENT, "email: missing, or not an address");
        }
        List<Checkout.Item> items = checkout.items();
        if (items == null || items.isEmpty()) {
            throw new ResponseStatusException(UNPROCESSABLE_CONTENT, "items: at least one");
        }
        for (Checkout.Item item : items) {
            if (item.quantity() < 1 || item.quantity() > Checkout.MAX_QUANTITY) {
                throw new ResponseStatusException(
                        UNPROCESSABLE_CONTENT,
                        "quantity: " + item.quantity() + "; allowed: 1 to " + Checkout.MAX_QUANTITY);
            }
        }
        Order order = orders.place(email, items);
        return ResponseEntity.created(URI.create("/api/orders/" + order.id())).body(order);
    }

    @GetMapping("/api/orders/{id}")
    Order byId(@PathVariable long id) {
        return orders.byId(id)
                .orElseThrow(() -> new ResponseStatusException(NOT_FOUND, "There is no order " + id + "."));
    }
}
