package com.example.shop;

import static org.springframework.http.HttpStatus.NOT_FOUND;

import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Carts are named by the client and exist as soon as something is in them. */
@RestController
class CartController {

    private final JdbcClient jdbc;
    private final Products products;

    CartController(JdbcClient jdbc, Products products) {
        this.jdbc = jdbc;
        this.products = products;
    }

    @GetMapping("/api/carts/{cart}")
    List<Product> items(@PathVariable String cart) {
        return jdbc.sql("""
                        select id, name, category, price_cents from cart_item join product on id = product_id
                        where cart = ? order by id""").param(cart).query(Product.class).list();
    }

    @PutMapping("/api/carts/{cart}/items/{productId}")
    ResponseEntity<Void> add(@PathVariable String cart, @PathVariable long productId) {
        if (products.byId(productId).isEmpty()) {
            throw new ResponseStatusException(NOT_FOUND, "There is no product " + productId + ".");
        }
        jdbc.sql("insert into cart_item (cart, product_id) values (?, ?) on conflict do nothing")
                .params(cart, productId)
                .update();
        return ResponseEntity.noContent().build();
    }

    /** Removing what is not there is no error: the cart is as the customer wants it. */
    @DeleteMapping("/api/carts/{cart}/items/{productId}")
    ResponseEntity<Void> remove(@PathVariable String cart, @PathVariable long productId) {
        jdbc.sql("delete from cart_item where cart = ? and product_id = ?")
                .params(cart, productId)
                .update();
        return ResponseEntity.noContent().build();
    }
}
