package com.example.shop;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class Products {

    private final JdbcClient jdbc;

    Products(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Product> byId(long id) {
        return jdbc.sql("select id, name, category, price_cents from product where id = ?")
                .param(id)
                .query(Product.class)
                .optional();
    }

    List<Product> page(int page, int size) {
        return jdbc.sql("select id, name, category, price_cents from product order by id limit ? offset ?")
                .param(size)
                .param((long) page * size)
                .query(Product.class)
                .list();
    }

    List<Product> search(String words, int limit) {
        return jdbc.sql("""
                        select id, name, category, price_cents from product
                        where lower(name) like '%' || lower(?) || '%' escape '!' order by name limit ?""")
                .param(asIs(words))
                .param(limit)
                .query(Product.class)
                .list();
    }

    /** Wildcards in what somebody searches for are letters like others. */
    private static String asIs(String words) {
        return words.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    void forEach(Consumer<Product> action) {
        try (var products =
                jdbc
                        .sql("select id, name, category, price_cents from product order by id")
                        .query(Product.class)
                        .stream()) {
            products.forEach(action);
        }
    }

    long count() {
        return jdbc.sql("select count(*) from product").query(Long.class).single();
    }
}
