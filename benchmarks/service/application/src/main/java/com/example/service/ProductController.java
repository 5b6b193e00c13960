package com.example.service;

import static org.springframework.http.HttpStatus.NOT_FOUND;

import java.util.List;
import java.util.stream.LongStream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The shop's fast route, from memory: with a database behind it, what watches it would weigh less. */
@RestController
class ProductController {

    private final List<Product> products = LongStream.range(0, 100)
            .mapToObj(id -> new Product(id, "Product " + id, "books", 1_000 + id))
            .toList();

    @GetMapping("/api/products/{id}")
    ResponseEntity<Product> byId(@PathVariable int id) {
        if (id < 0 || id >= products.size()) {
            throw new ResponseStatusException(NOT_FOUND, "There is no product " + id + ".");
        }
        Product product = products.get(id);
        return ResponseEntity.ok().eTag(Integer.toHexString(product.hashCode())).body(product);
    }
}
