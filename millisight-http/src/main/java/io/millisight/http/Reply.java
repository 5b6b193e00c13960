package io.millisight.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes one response: the headers that every answer carries, then what it says. One use, one thread. */
final class Reply {

    private final Exchange exchange;
    private boolean begun;

    Reply(Exchange exchange) {
        this.exchange = exchange;
    }

    /** A good answer. */
    void send(Answer answer, @Nullable MediaType type) throws IOException {
        begin(answer.status());
        Answer.Body body = answer.body();
        if (body != null) {
            write(body, type == null ? MediaType.JSON : type);
        }
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
        exchange.responseHeader("Content-Security-Policy", "default-src 'none'");
    }

    private void write(Answer.Body body, MediaType type) throws IOException {
        exchange.responseHeader("Content-Type", type.toString());
        if (!exchange.method().equals("HEAD")) {
            body.writeTo(exchange.body());
        }
    }
}
