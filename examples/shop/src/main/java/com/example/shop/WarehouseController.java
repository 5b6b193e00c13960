package com.example.shop;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** The warehouse answers when it likes: no request thread waits for it. */
@RestController
class WarehouseController {

    private static final long ANSWER_TAKES_MILLIS = 30;

    record Stock(long productId, int available) {}

    record ShippingQuote(int grams, long priceCents) {}

    @GetMapping("/api/stock/{productId}")
    DeferredResult<Stock> stock(@PathVariable long productId) {
        var result = new DeferredResult<Stock>(5_000L);
        CompletableFuture.delayedExecutor(ANSWER_TAKES_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> result.setResult(new Stock(productId, (int) Math.floorMod(productId * 7, 40L))));
        return result;
    }

    @GetMapping("/api/shipping/quote")
    Callable<ShippingQuote> shippingQuote(@RequestParam(defaultValue = "500") int grams) {
        return () -> {
            Thread.sleep(ANSWER_TAKES_MILLIS);
            return new ShippingQuote(grams, 390 + grams / 10);
        };
    }
}
