package io.millisight.http;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes one response: the headers that every answer carries, then what it says. One use, one thread. */
final class Reply {

    private static final String POLICY = "Content-Security-Policy";

    /** What the dashboard needs and no more: its own files, and its own server to ask. */
    private static final String POLICY_OF_PAGES = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Exchange exchange;
    private boolean begun;

    Reply(Exchange exchange) {
        this.exchange = exchange;
    }

    /** A good answer. */
    void send(Answer answer, @Nullable MediaType chosen) throws IOException {
        MediaType type = chosen == null ? MediaType.JSON : chosen;
        if (answer instanceof Answer.Content content) {
            begin(content.status());
            write(content.body(), type);
        } else if (answer instanceof Answer.File file) {
            file(file.file());
        } else if (answer instanceof Answer.Live live) {
            live(live, type);
        } else {
            begin(204);
        }
    }

    /** Asked for again each time, and sent again only when it has changed: with a new version of the jar. */
    private void file(DashboardFile file) throws IOException {
        boolean known = exchange.headers("If-None-Match").stream().anyMatch(tags -> tags.contains(file.etag()));
        begin(known ? 304 : 200);
        exchange.responseHeader("Cache-Control", "no-cache");
        exchange.responseHeader("ETag", file.etag());
        exchange.responseHeader("Vary", "Accept-Encoding");
        if (file.type().equals(MediaType.HTML)) {
            exchange.responseHeader(POLICY, POLICY_OF_PAGES);
        }
        if (known) {
            return;
        }
        boolean zipped = takesGzip(exchange.headers("Accept-Encoding"));
        if (zipped) {
            exchange.responseHeader("Content-Encoding", "gzip");
        }
        write(out -> out.write(zipped ? file.gzipped() : file.bytes()), file.type());
    }

    private static boolean takesGzip(List<String> accepted) {
        String codings = String.join(",", accepted).toLowerCase(Locale.ROOT).replace(" ", "");
        return codings.matches("(.*,)?gzip(;q=(1(\\.0*)?|0?\\.[0-9]*[1-9][0-9]*))?(,.*)?");
    }

    private void live(Answer.Live live, MediaType type) throws IOException {
        String after = live.after() == null ? lastEventId() : live.after();
        Exchange.Streaming streaming = exchange.streaming();
        if (streaming == Exchange.Streaming.WEB_SOCKET) {
            begun = true;
            exchange.stream(new LiveStream(live.feed(), after));
        } else if (!type.equals(MediaType.EVENT_STREAM)) {
            List<LiveFrame> frames = live.feed().since(after);
            begin(200);
            write(out -> StreamRoutes.write(out, frames, after), type);
        } else if (streaming == Exchange.Streaming.EVENT_STREAM) {
            begin(200);
            exchange.responseHeader("Content-Type", type.toString());
            exchange.responseHeader("X-Accel-Buffering", "no"); // a proxy is not to gather events
            if (!exchange.method().equals("HEAD")) {
                exchange.stream(new LiveStream(live.feed(), after));
            }
        } else {
            throw Problem.of(406, "not-acceptable", "Not acceptable")
                    .detail("This server cannot keep an answer open without a thread for each client."
                            + " Ask again and again for application/json.")
                    .allowed(MediaType.JSON.name())
                    .asException();
        }
    }

    /** What a browser sends by itself when it opens an event stream again. */
    private @Nullable String lastEventId() {
        List<String> ids = exchange.headers("Last-Event-ID");
        return ids.isEmpty() ? null : ids.get(0);
    }

    void options(String allow) {
        begin(204);
        exchange.responseHeader("Allow", allow);
    }

    void problem(Problem problem) throws IOException {
        begin(problem.status());
        problem.headers().forEach(exchange::responseHeader);
        write(problem.instance(exchange.path())::writeTo, MediaType.PROBLEM);
    }

    /**
     * The problem, if nothing has been sent yet.
     *
     * @throws IOException when an answer had begun: nothing may follow it
     */
    void fail(Throwable cause, Problem problem) throws IOException {
        if (begun) {
            throw new IOException("answer broken off", cause);
        }
        problem(problem);
    }

    private void begin(int status) {
        begun = true;
        exchange.status(status);
        exchange.responseHeader("Cache-Control", "no-store");
        exchange.responseHeader("X-Content-Type-Options", "nosniff");
        exchange.responseHeader(POLICY, "default-src 'none'");
    }

    private void write(Answer.Body body, MediaType type) throws IOException {
        exchange.responseHeader("Content-Type", type.toString());
        if (!exchange.method().equals("HEAD")) {
            body.writeTo(exchange.body());
        }
    }
}
