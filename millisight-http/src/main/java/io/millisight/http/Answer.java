package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A good answer. All that can fail has been done before it is made, so that a failure can still become a status; what it
 * says is written afterwards, and not at all for HEAD.
 */
sealed interface Answer {

    /** 204, no content. */
    record Empty() implements Answer {}

    /**
     * What was asked for.
     *
     * @param status 200 or 503
     */
    record Content(int status, Body body) implements Answer {}

    /** A file of the dashboard. */
    record File(DashboardFile file) implements Answer {}

    /**
     * The live feed: as it comes where the server can send so, else what has come since.
     *
     * @param after the last frame that the client has, or null
     */
    record Live(LiveFeed feed, @Nullable String after) implements Answer {}

    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    Answer NO_CONTENT = new Empty();

    static Answer ok(Body body) {
        return new Content(200, body);
    }

    /** One JSON object. */
    static Answer object(Consumer<Json> fields) {
        return object(200, fields);
    }

    /** One JSON object under a status of its own. */
    static Answer object(int status, Consumer<Json> fields) {
        return new Content(status, out -> Json.write(out, json -> json.object(() -> fields.accept(json))));
    }
}
