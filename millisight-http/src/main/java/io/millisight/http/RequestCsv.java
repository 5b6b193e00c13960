package io.millisight.http;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.StoredRequest;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stored requests as CSV: RFC 4180, one header row, and no cell that a spreadsheet would run as a formula. */
final class RequestCsv {

    private static final String HEADER =
            "timestamp,endpoint,method,route,status,outcome,stream,duration_ms,duration_ns,user_id,service,instance\r\n";

    /** What a formula begins with, also in the full-width letters that some spreadsheets take for the same. */
    private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    private final Writer out;

    private RequestCsv(OutputStream stream) {
        out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    }

    /** Writes the header row and then whatever {@code rows} adds. */
    static void write(OutputStream stream, Consumer<RequestCsv> rows) throws IOException {
        RequestCsv csv = new RequestCsv(stream);
        csv.out.write(HEADER);
        try {
            rows.accept(csv);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        csv.out.flush();
    }

    void row(StoredRequest request) {
        Endpoint endpoint = request.endpoint();
        String row = String.join(
                ",",
                TimeRange.instant(request.completedAtMicros()).toString(),
                text(endpoint.name()),
                text(endpoint.method()),
                text(endpoint.route()),
                Integer.toString(request.status()),
                SlowRequestJson.outcome(request.outcome()),
                Boolean.toString(request.stream()),
                Json.millis(request.durationNanos()).toPlainString(),
                Long.toString(request.durationNanos()),
                text(request.userId()),
                text(request.service()),
                text(request.instance()));
        try {
            out.write(row);
            out.write("\r\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text from outside: a user id of {@code =HYPERLINK(...)} must stay text when the file is opened. */
    private static String text(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String safe = FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        for (int i = 0; i < safe.length(); i++) {
            if (",\"\r\n".indexOf(safe.charAt(i)) >= 0) {
                return '"' + safe.replace("\"", "\"\"") + '"';
            }
        }
        return safe;
    }
}
