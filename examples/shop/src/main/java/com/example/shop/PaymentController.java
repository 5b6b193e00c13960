package com.example.shop;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Payments go through a provider that is down for good. */
@RestController
class PaymentController {

    static final class ProviderUnavailableException extends RuntimeException {
        ProviderUnavailableException(String message) {
            super(message);
        }
    }

    @PostMapping("/api/payments/charge")
    void charge() {
        throw new ProviderUnavailableException("The payment provider did not answer.");
    }

    /** Nobody handles this one: it leaves the application as an exception. */
    @PostMapping("/api/payments/refund")
    void refund() {
        throw new IllegalStateException("refund without a charge");
    }

    @ExceptionHandler
    ProblemDetail answer(ProviderUnavailableException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR, e.getMessage());
    }
}
