package io.millisight.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On Reactor Netty, the server of WebFlux where there is no other, and without servlets on the class path. */
class NettyShapesTest extends ReactiveShapes {

    /** By name: Boot 3.5 and 4 have it in different packages. */
    @Override
    String server() {
        return "NettyWebServer";
    }

    @Test
    void takesTheTimeoutOfAnEventStreamForItsEnd() throws IOException {
        for (int round = 0; round < rounds(); round++) {
            try (Wire wire = service().connect()) {
                assertTimed(wire.exchange("GET", "/events-timeout"));
            }
            assertRecorded(service().takeOne(), "GET /events-timeout", 200, Outcome.COMPLETED, true);
        }
    }

    /** Netty tells at once. */
    @Test
    void recordsAClientThatLeavesBeforeItsAnswer() throws IOException, InterruptedException {
        for (int round = 0; round < rounds(); round++) {
            try (Wire wire = service().connect()) {
                wire.send(Wire.request("GET", "/never"));
                ReactiveShop.awaitEntered();
            }
            assertRecorded(service().takeOne(), "GET /never", 200, Outcome.CLIENT_ABORT, false);
        }
    }

    /**
     * Not on Tomcat: after a client has left an event stream, Spring's adapter ends one of the next 30 to 75 connections without
     * an answer there, with Millisight or without (Boot 3.5.16 and 4.1.2, 300 streams each).
     */
    @Test
    void recordsAnEventStreamThatItsClientLeaves() throws IOException {
        for (int round = 0; round < rounds(); round++) {
            try (Wire wire = service().connect()) {
                wire.send(Wire.request("GET", "/events-open"));
                assertThat(wire.read(100)).isEqualTo(100);
            }
            assertRecorded(service().takeOne(), "GET /events-open", 200, Outcome.CLIENT_ABORT, true);
        }
    }
}
