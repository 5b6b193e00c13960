package io.millisight.http;

import io.avaje.json.JsonIoException;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.json.stream.JsonStream;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.SketchSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes our answers' fields in their units, straight to a stream: durations as milliseconds with two decimals, shares
 * with six, instants as ISO-8601; what is not known is null.
 */
final class Json {

    /** Keeps no buffers: a pool by thread would pin the application's class loader. */
    private static final JsonStream STREAM = JsonStream.builder()
            .serializeNulls(true)
            .serializeEmpty(true)
            .bufferRecycling(BufferRecycleStrategy.NO_RECYCLING)
            .build();

    private final JsonWriter writer;

    private Json(OutputStream out) {
        this.writer = STREAM.writer(out);
    }

    /** Writes one document, or several with a {@link #newLine()} behind each. */
    static void write(OutputStream out, Consumer<Json> document) throws IOException {
        try {
            Json json = new Json(out);
            document.accept(json);
            json.writer.flush();
        } catch (JsonIoException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }

    void object(Runnable fields) {
        writer.beginObject();
        fields.run();
        writer.endObject();
    }

    void object(String name, Runnable fields) {
        name(name);
        object(fields);
    }

    /** An array of objects. */
    <T> void objects(String name, Iterable<T> elements, Consumer<T> fields) {
        name(name);
        writer.beginArray();
        for (T element : elements) {
            object(() -> fields.accept(element));
        }
        writer.endArray();
    }

    void text(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            writer.nullValue();
        } else {
            writer.value(encodable(value));
        }
    }

    void number(String name, long value) {
        name(name);
        writer.value(value);
    }

    /** A field of milliseconds. */
    void millis(String name, double nanos) {
        decimal(name, nanos / 1e6, 2);
    }

    void millis(String name, long nanos) {
        name(name);
        writer.rawValue(millis(nanos).toPlainString());
    }

    /** Milliseconds with two decimals, exactly rounded. */
    static BigDecimal millis(long nanos) {
        return BigDecimal.valueOf(nanos, 6).setScale(2, RoundingMode.HALF_UP);
    }

    /** A field between 0 and 1. */
    void share(String name, double share) {
        decimal(name, share, 6);
    }

    /** The bound on the error of every percentile, never rounded to less than it is. */
    void percentileError() {
        decimal("percentile_relative_error", Math.ceil(SketchSnapshot.RELATIVE_ERROR * 1e4) / 1e4, 4);
    }

    void decimal(String name, double value, int places) {
        name(name);
        if (Double.isFinite(value)) {
            writer.rawValue(
                    new BigDecimal(value).setScale(places, RoundingMode.HALF_UP).toPlainString());
        } else {
            writer.nullValue();
        }
    }

    void instant(String name, long micros) {
        text(name, TimeRange.instant(micros).toString());
    }

    void endpoint(@Nullable Endpoint endpoint) {
        text("endpoint", endpoint == null ? null : endpoint.name());
    }

    void counts(String name, Map<String, Long> counts) {
        object(name, () -> new TreeMap<>(counts).forEach(this::number));
    }

    private void name(String name) {
        writer.name(encodable(name));
    }

    void flag(String name, boolean value) {
        name(name);
        writer.value(value);
    }

    /** Details of a health check. */
    void details(String name, Map<String, Object> details) {
        object(
                name,
                () -> details.forEach((detail, value) -> {
                    if (value instanceof String text) {
                        text(detail, text);
                    } else {
                        raw(detail, value.toString());
                    }
                }));
    }

    /** What is JSON already, as stored by us. */
    void raw(String name, String json) {
        name(name);
        writer.rawValue(json);
    }

    void numbers(String name, List<Long> values) {
        name(name);
        writer.beginArray();
        values.forEach(writer::value);
        writer.endArray();
    }

    /** The buckets of a sketch that are not empty, as pairs of index and count. */
    void buckets(String name, SketchSnapshot sketch, int scale) {
        name(name);
        writer.beginArray();
        sketch.forEachBucket(scale, (index, count) -> {
            writer.beginArray();
            writer.value(index);
            writer.value(count);
            writer.endArray();
        });
        writer.endArray();
    }

    /** Ends a document that another follows. */
    void newLine() {
        writer.writeNewLine();
    }

    /** Half a surrogate pair has no UTF-8 form, and the writer refuses it: it becomes U+FFFD. */
    private static String encodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
