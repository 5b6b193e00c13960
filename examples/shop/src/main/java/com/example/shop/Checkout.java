package com.example.shop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a customer sends to buy something; nothing in it can be trusted to be there. */
record Checkout(@Nullable String email, @Nullable List<Item> items) {

    static final int MAX_QUANTITY = 1_000;

    record Item(long productId, int quantity) {}
}
