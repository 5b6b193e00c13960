package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A good answer. All that can fail has been done before it is made, so that a failure can still become a status; the
 * body is written afterwards, and not at all for HEAD.
 *
 * @param status 200, 204 or 503
 * @param body null for 204, no content
 */
record Answer(int status, @Nullable Body body) {

    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    static final Answer NO_CONTENT = new Answer(204, null);

    /** What was asked for. */
    static Answer ok(Body body) {
        return new Answer(200, body);
    }

    /** One JSON object. */
    static Answer object(Consumer<Json> fields) {
        return object(200, fields);
    }

    /** One JSON object under a status of its own. */
    static Answer object(int status, Consumer<Json> fields) {
        return new Answer(status, out -> Json.write(out, json -> json.object(() -> fields.accept(json))));
    }
}
