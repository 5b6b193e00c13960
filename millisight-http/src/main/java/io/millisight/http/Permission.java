package io.millisight.http;

/** What a request wants to do. */
enum Permission {
    READ,
    WRITE;

    /** By the method alone, so that the gate can decide before any route is looked up. */
    static Permission of(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> READ;
            default -> WRITE;
        };
    }
}
