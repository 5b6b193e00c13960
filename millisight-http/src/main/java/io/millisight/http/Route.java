package io.millisight.http;

import java.util.List;

/**
 * One line of the table: a method of a path, and what answers it. A route of GET answers HEAD too.
 *
 * @param path below the base path: {@code /metrics}
 * @param offers what it can send, best first; empty when it sends nothing
 */
record Route(String method, String path, List<Parameter<?>> parameters, List<MediaType> offers, Handler handler) {

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
