package com.example.shop;

import java.util.List;

/**
 * @param placedAt ISO-8601, UTC
 */
record Order(long id, String email, String placedAt, long totalCents, List<Line> lines) {

    record Line(long productId, int quantity, long priceCents) {}
}
