package io.millisight.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table: a method of a path, and what answers it. A route of GET answers HEAD too.
 *
 * @param path below the base path: {@code /metrics}
 * @param offers what it can send, best first; empty when it sends nothing
 * @param forStrangers what answers those whom the gate turns away, when they read; null: nobody does
 */
record Route(
        String method,
        String path,
        List<Parameter<?>> parameters,
        List<MediaType> offers,
        Handler handler,
        @Nullable Handler forStrangers) {

    /** A route that answers those whom the gate lets pass, and nobody else. */
    Route(String method, String path, List<Parameter<?>> parameters, List<MediaType> offers, Handler handler) {
        this(method, path, parameters, offers, handler, null);
    }

    @FunctionalInterface
    interface Handler {
        /**
         * Prepares the answer.
         *
         * @param type which of the offers to send
         */
        Answer answer(Parameters parameters, MediaType type);
    }

    Permission permission() {
        return Permission.of(method);
    }
}
