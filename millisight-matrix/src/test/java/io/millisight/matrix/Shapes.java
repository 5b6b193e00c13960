package io.millisight.matrix;

import static io.millisight.matrix.Shape.get;

import io.millisight.matrix.Shape.Drive;
import io.millisight.matrix.Shape.Trait;
import io.millisight.observe.Outcome;
import java.util.List;
import java.util.stream.Stream;

/** Every shape, in the order of the table. */
final class Shapes {

    private Shapes() {}

    static List<Shape> all() {
        return Stream.concat(
                        servlet().stream().map(Shapes::withTheWaysOfContainers),
                        springMvc().stream().map(shape -> shape.only(Shapes::isBoot)))
                .toList();
    }

    /** What holds for many shapes of one container. */
    private static Shape withTheWaysOfContainers(Shape shape) {
        Shape known = shape;
        if (shape.path().equals("/redirect")) {
            known = known.limit(
                    container -> isJetty(container) || isUndertow(container),
                    "the container sends a redirect off before the handler is back",
                    early -> early.with(Trait.ANSWERS_EARLY));
        }
        if (shape.path().equals("/forward")) {
            known = known.limit(
                    container -> !isTomcat11(container),
                    "the container sends what was forwarded off before the handler is back",
                    early -> early.with(Trait.ANSWERS_EARLY));
        }
        if (shape.status() >= 400) {
            known = known.limit(
                    Shapes::isUndertow,
                    "Undertow sends an error off before the handler is back",
                    early -> early.with(Trait.ANSWERS_EARLY));
            known = known.limit(
                    Shapes::isJetty,
                    "Jetty resets the HTTP/2 stream of an error behind its answer, which the client may hear first",
                    reset -> reset.with(Trait.MAY_BE_RESET));
        }
        if (shape.outcome() == Outcome.EXCEPTION && shape.status() == 500) {
            known = known.limit(
                    Shapes::isUndertow,
                    "Undertow drops all headers when an exception has no error page",
                    untimed -> untimed.with(Trait.UNTIMED));
        }
        return known;
    }

    private static List<Shape> servlet() {
        return List.of(
                get("writer", "/text"),
                get("output stream", "/bytes"),
                get("body larger than the buffer, stream", "/large"),
                get("body larger than the buffer, writer", "/large-text"),
                get("announced length", "/sized"),
                get("announced length, large", "/sized-large"),
                get("early flush, then a header", "/flushed-early"),
                get("flush at the end", "/flushed"),
                get("close", "/closed").with(Trait.ANSWERS_EARLY),
                get("reset", "/reset"),
                get("wildcard mapping", "/orders/17").at("GET /orders/{id}"),
                get("unmatched", "/nowhere/at/all").answers(404).at("GET {unmatched}"),
                get("204", "/no-content").answers(204),
                get("304", "/not-modified").answers(304),
                get("redirect", "/redirect").answers(302),
                get("301 by status", "/moved").answers(301),
                Shape.of("HEAD", "HEAD", "/text"),
                Shape.of("HEAD, large", "HEAD", "/large").with(Trait.ANSWERS_EARLY),
                Shape.of("POST", "POST", "/upload").sending(new byte[10_000]),
                Shape.of("Expect: 100-continue", "POST", "/upload")
                        .sending(new byte[10_000])
                        .by(Drive.AFTER_CONTINUE),
                Shape.of("method not allowed", "POST", "/only-get").answers(405),
                Shape.of("unknown method", "BREW", "/only-get").answers(501).at("_OTHER /only-get"),
                Shape.of("CORS preflight refused by an inner filter", "OPTIONS", "/preflight")
                        .sending("Origin: http://elsewhere.example", "Access-Control-Request-Method: PUT")
                        .answers(403),
                get("429 by an inner filter", "/limited").answers(429),
                get("forward", "/forward"),
                get("include", "/include"),
                get("sendError 404", "/missing").answers(404),
                get("sendError 500", "/fails").answers(500),
                get("error page", "/conflict").answers(409),
                get("exception", "/throws").answers(500).ends(Outcome.EXCEPTION),
                get("exception, error page changes the status", "/throws-to-page")
                        .answers(503)
                        .ends(Outcome.EXCEPTION)
                        .only(container -> !isBoot(container))
                        .limit(
                                Shapes::isJetty,
                                "Jetty ends the request before the ERROR dispatch: the status before it is recorded",
                                shape -> shape.recorded(500)),
                get("exception after the commit", "/throws-late")
                        .ends(Outcome.EXCEPTION)
                        .with(Trait.CLOSES),
                get("async, completed by another thread", "/async-complete"),
                get("async, completed at once", "/async-complete-at-once"),
                get("async, dispatched", "/async-dispatch"),
                get("async, dispatched three times", "/async-dispatch-thrice"),
                get("async, dispatched and restarted", "/async-restart"),
                get("async, not blocking", "/async-nonblocking"),
                get("async, exception", "/async-throws")
                        .answers(500)
                        .ends(Outcome.EXCEPTION)
                        .with(Trait.ANSWERS_EARLY),
                get("async, sendError", "/async-error").answers(503).with(Trait.ANSWERS_EARLY),
                get("async, timeout", "/async-timeout")
                        .answers(500)
                        .ends(Outcome.TIMEOUT)
                        .with(Trait.SLOW, Trait.ANSWERS_EARLY),
                get("async, timeout answered", "/async-timeout-answered")
                        .answers(504)
                        .ends(Outcome.TIMEOUT)
                        .with(Trait.SLOW, Trait.ANSWERS_EARLY),
                get("server-sent events", "/events").with(Trait.STREAM),
                get("server-sent events, async", "/async-events").with(Trait.STREAM),
                get("WebSocket upgrade", "/socket")
                        .sending(
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                        .answers(101)
                        .by(Drive.HANDSHAKE)
                        .with(Trait.STREAM, Trait.CLOSES),
                get("client gone before, small answer", "/slow-small")
                        .by(Drive.LEAVES_BEFORE)
                        .with(Trait.CLOSES, Trait.ANSWERS_EARLY),
                get("client gone before, large answer", "/slow-large")
                        .by(Drive.LEAVES_BEFORE)
                        .ends(Outcome.CLIENT_ABORT)
                        .with(Trait.CLOSES, Trait.ANSWERS_EARLY),
                get("client gone during the answer", "/stops-midway")
                        .by(Drive.LEAVES_DURING)
                        .ends(Outcome.CLIENT_ABORT)
                        .with(Trait.CLOSES, Trait.ANSWERS_EARLY),
                get("client gone after the answer", "/text")
                        .by(Drive.LEAVES_AFTER)
                        .with(Trait.CLOSES, Trait.ANSWERS_EARLY),
                get("our filter twice", "/twice/text"),
                get("our filter twice, async", "/twice/async"),
                get("our filter twice, exception", "/twice/throws").answers(500).ends(Outcome.EXCEPTION));
    }

    private static List<Shape> springMvc() {
        return List.of(
                get("Spring: template", "/mvc/template/17").at("GET /mvc/template/{id}"),
                get("Spring: functional route", "/functional/17").at("GET /functional/{id}"),
                get("Spring: static file", "/one.css").at("GET /**"),
                get("Spring: another static file", "/two.css").at("GET /**"),
                get("Spring: static file that is not there", "/three.css")
                        .answers(404)
                        .at("GET {unmatched}"),
                get("Spring: Callable", "/mvc/callable"),
                get("Spring: Callable, exception", "/mvc/callable-throws")
                        .answers(500)
                        .ends(Outcome.EXCEPTION),
                get("Spring: DeferredResult", "/mvc/deferred"),
                get("Spring: DeferredResult, timeout", "/mvc/deferred-timeout")
                        .answers(503)
                        .ends(Outcome.TIMEOUT)
                        .with(Trait.SLOW),
                get("Spring: CompletableFuture", "/mvc/future"),
                get("Spring: StreamingResponseBody", "/mvc/streamed"),
                get("Spring: SseEmitter", "/mvc/events").with(Trait.STREAM),
                get("Spring: exception", "/mvc/throws").answers(500).ends(Outcome.EXCEPTION),
                get("Spring: exception with a handler", "/mvc/refuses").answers(409),
                Shape.of("Spring: method not allowed", "DELETE", "/mvc/template/17")
                        .answers(405)
                        .at("DELETE {unmatched}"),
                get("Spring: forward", "/mvc/forward"),
                get("Spring: redirect", "/mvc/redirect").answers(302));
    }

    private static boolean isBoot(String container) {
        return container.startsWith("boot");
    }

    private static boolean isTomcat11(String container) {
        return container.equals("tomcat-11") || container.equals("boot-4.1");
    }

    private static boolean isUndertow(String container) {
        return container.startsWith("undertow");
    }

    private static boolean isJetty(String container) {
        return container.startsWith("jetty");
    }
}
