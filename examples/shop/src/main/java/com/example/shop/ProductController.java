package com.example.shop;

import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.NOT_FOUND;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

@RestController
class ProductController {

    private static final int MAX_PAGE_SIZE = 100;

    private final Products products;

    ProductController(Products products) {
        this.products = products;
    }

    record ProductPage(List<Product> products, int page, int size, long total) {}

    @GetMapping("/api/products")
    ProductPage list(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "20") int size) {
        if (page < 0) {
            throw new ResponseStatusException(BAD_REQUEST, "page: " + page + "; allowed: 0 or more");
        }
        if (size < 1 || size > MAX_PAGE_SIZE) {
            throw new ResponseStatusException(BAD_REQUEST, "size: " + size + "; allowed: 1 to " + MAX_PAGE_SIZE);
        }
        return new ProductPage(products.page(page, size), page, size, products.count());
    }

    /** The tag changes with the price and the name; a client that has it is answered 304. */
    @GetMapping("/api/products/{id}")
    ResponseEntity<Product> byId(@PathVariable long id) {
        Product product = products.byId(id)
                .orElseThrow(() -> new ResponseStatusException(NOT_FOUND, "There is no product " + id + "."));
        return ResponseEntity.ok().eTag(Integer.toHexString(product.hashCode())).body(product);
    }

    @GetMapping("/api/products/search")
    List<Product> search(@RequestParam String q) {
        return products.search(q.strip(), MAX_PAGE_SIZE);
    }

    /** The whole catalogue, row by row as it is read. */
    @GetMapping("/api/products/export")
    ResponseEntity<StreamingResponseBody> export() {
        StreamingResponseBody csv = out -> {
            var lines = new PrintWriter(out, false, StandardCharsets.UTF_8);
            lines.println("id,name,category,price_cents");
            products.forEach(product -> lines.printf(
                    "%d,%s,%s,%d%n", product.id(), product.name(), product.category(), product.priceCents()));
            lines.flush();
        };
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/csv"))
                .body(csv);
    }

    /** Where products were in the first version of the shop. */
    @GetMapping("/products/{id}")
    ResponseEntity<Void> oldAddress(@PathVariable long id) {
        return ResponseEntity.status(HttpStatus.MOVED_PERMANENTLY)
                .location(URI.create("/api/products/" + id))
                .build();
    }
}
