package io.millisight.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import io.millisight.spring.reactive.Wire.Answer;
import io.millisight.store.StoredRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What must hold on every server that WebFlux runs on, compared with what went over the wire: each request one observation of the
 * same status and no longer than its client waited, each response one header. Five requests to a shape, 500 with {@code -Dbattery=full}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReactiveShapes {

    private static final int ROUNDS = "full".equals(System.getProperty("battery")) ? 500 : 5;

    private static final String LARGE_FILE = "/site.js";

    private ReactiveService service;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        Path files = Files.createDirectory(directory.resolve("static"));
        Files.writeString(files.resolve("site.css"), "a".repeat(10_000));
        Files.writeString(files.resolve("site.js"), "b".repeat(100_000));
        service = new ReactiveService(
                directory.resolve("data"),
                List.of("--spring.web.resources.static-locations=" + files.toUri()),
                ReactiveShop.class,
                ReactiveShop.Pages.class);
        assertThat(service.server()).isEqualTo(server());
    }

    /** The simple name of the class of Boot's server that must be at work. */
    abstract String server();

    @AfterAll
    void stop() {
        service.close();
    }

    @AfterEach
    void nothingIsRecordedTwice() {
        assertThat(service.excess()).isZero();
        assertThat(service.context().getBean(ObservedHandler.class).faults().count())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /mono/17, 200, GET /mono/{id}",
        "GET, /plain/17, 200, GET /plain/{id}",
        "GET, /flux, 200, GET /flux",
        "GET, /json, 200, GET /json",
        "GET, /empty, 200, GET /empty",
        "GET, /entity/200, 200, GET /entity/{status}",
        "GET, /entity/201, 201, GET /entity/{status}",
        "GET, /entity/204, 204, GET /entity/{status}",
        "GET, /entity/301, 301, GET /entity/{status}",
        "GET, /entity/304, 304, GET /entity/{status}",
        "GET, /entity/404, 404, GET /entity/{status}",
        "GET, /entity/405, 405, GET /entity/{status}",
        "GET, /entity/500, 500, GET /entity/{status}",
        "GET, /fails, 500, GET /fails",
        "GET, /refuses, 409, GET /refuses",
        "GET, /refuses-by-type, 410, GET /refuses-by-type",
        "POST, /mono/17, 405, POST {unmatched}",
        "GET, /nowhere/at/all, 404, GET {unmatched}",
        "GET, /timeout-answered, 200, GET /timeout-answered",
        "GET, /chunks, 200, GET /chunks",
        "GET, /large, 200, GET /large",
        "GET, /buffers, 200, GET /buffers",
        "GET, /sized, 200, GET /sized",
        "GET, /later, 200, GET /later",
        "GET, /functions/tea, 200, GET /functions/{name}",
        "GET, /nested/hot/tea, 200, GET /nested/{group}/{name}",
        "GET, /site.css, 200, GET /**",
        "GET, /site.js, 200, GET /**",
        "GET, /missing.css, 404, GET {unmatched}",
        "GET, /limited, 429, GET {unmatched}",
        "GET, /commit-decides, 202, GET /commit-decides",
        "HEAD, /mono/17, 200, HEAD /mono/{id}",
        "HEAD, /large, 200, HEAD /large",
        "HEAD, /flux, 200, HEAD /flux",
        "HEAD, /site.css, 200, HEAD /**",
        "OPTIONS, /mono/17, 200, OPTIONS /mono/{id}",
        "BREW, /mono/17, 405, _OTHER {unmatched}",
    })
    void recordsOnceWithTheStatusThatWentOverTheWire(String method, String path, int status, String endpoint)
            throws IOException {
        expect(method, path, status, endpoint, Outcome.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({
        "/throws/5, 500, GET /throws/{id}, EXCEPTION",
        "/error, 500, GET /error, EXCEPTION",
        "/timeout, 500, GET /timeout, TIMEOUT",
        "/commit-fails, 500, GET /commit-fails, EXCEPTION",
    })
    void recordsAFailureWithTheStatusThatItBecame(String path, int status, String endpoint, Outcome outcome)
            throws IOException {
        expect("GET", path, status, endpoint, outcome);
    }

    /** On a connection that is kept alive where the server keeps it. */
    private void expect(String method, String path, int status, String endpoint, Outcome outcome) throws IOException {
        Wire wire = service.connect();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                long sent = System.nanoTime();
                Answer answer = wire.exchange(method, path);
                long waited = System.nanoTime() - sent;
                StoredRequest recorded = service.takeOne();

                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.cut()).isFalse();
                assertTimed(answer);
                assertRecorded(recorded, endpoint, status, outcome, false);
                assertThat(recorded.durationNanos()).isPositive();
                if (!path.equals(LARGE_FILE)) { // the server tells its end later than the client sees it
                    assertThat(recorded.durationNanos()).isLessThanOrEqualTo(waited);
                }
                if (path.equals("/later")) {
                    assertThat(recorded.durationNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(19));
                }
                if (answer.header("connection").contains("close")) {
                    wire.close();
                    wire = service.connect();
                }
            }
        } finally {
            wire.close();
        }
    }

    @Test
    void leavesTheBodyAsItIs() throws IOException {
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/mono/17").body()).isEqualTo("mono 17");
            assertThat(wire.exchange("GET", "/flux").body())
                    .startsWith("line 0\n")
                    .endsWith("line 99\n");
            assertThat(wire.exchange("GET", "/large").body()).hasSize(ReactiveShop.LARGE);
            assertThat(wire.exchange("GET", "/sized").body()).hasSize(ReactiveShop.LARGE);
            assertThat(wire.exchange("GET", "/chunks").body()).hasSize(20_000);
            assertThat(wire.exchange("GET", LARGE_FILE).body()).isEqualTo("b".repeat(100_000));
        }
        service.take(6);
    }

    @Test
    void recordsWhatBreaksAfterItHasBegun() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                Answer answer = wire.exchange("GET", "/breaks");

                // A server that had not sent the beginning yet makes an error of it.
                assertThat(answer.status()).isEqualTo(answer.cut() ? 200 : 500);
                assertTimed(answer);
                assertRecorded(service.takeOne(), "GET /breaks", answer.status(), Outcome.EXCEPTION, false);
            }
        }
    }

    @Test
    void recordsAnswersOfAnnouncedLengthBeforeTheyEnd() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                assertThat(wire.exchange("GET", "/sized-held").body()).hasSize(10);

                assertRecorded(service.takeOne(), "GET /sized-held", 200, Outcome.COMPLETED, false);
            }
        }
    }

    @Test
    void recordsAnEventStreamWithItsTimeToTheFirstByte() throws IOException {
        try (Wire wire = service.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                Answer answer = wire.exchange("GET", "/events");
                StoredRequest recorded = service.takeOne();

                assertThat(answer.body()).contains("first").contains("second");
                assertTimed(answer);
                assertRecorded(recorded, "GET /events", 200, Outcome.COMPLETED, true);
                assertThat(timed(answer) * 1_000_000)
                        .as("the header was set when the duration ended")
                        .isBetween(recorded.durationNanos() - 5_001.0, recorded.durationNanos() + 5_001.0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/socket", "/socket-closed"})
    void recordsAnUpgradeAsAStream(String path) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                Answer answer = wire.exchange(
                        "GET",
                        path,
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

                assertThat(answer.status()).isEqualTo(101);
                assertTimed(answer);
            }
            assertRecorded(service.takeOne(), "GET " + path, 101, Outcome.COMPLETED, true);
        }
    }

    @Test
    void recordsAnUpgradeThatIsRefused() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                Answer answer = wire.exchange("GET", "/socket", "Connection: Upgrade", "Upgrade: websocket");

                assertThat(answer.status()).isEqualTo(400);
                assertTimed(answer);
            }
            assertRecorded(service.takeOne(), "GET /socket", 400, Outcome.COMPLETED, false);
        }
    }

    @Test
    void takesAnEmptyAnswerToAnUpgradeForWhatItIs() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                Answer answer = wire.exchange("GET", "/empty", "Connection: Upgrade", "Upgrade: websocket");

                assertThat(answer.status()).isEqualTo(200);
            }
            assertRecorded(service.takeOne(), "GET /empty", 200, Outcome.COMPLETED, false);
        }
    }

    /** The server notices when the client is gone, or when it next writes. */
    @Test
    void recordsAClientThatLeavesInTheMiddle() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                wire.send(Wire.request("GET", "/endless"));
                assertThat(wire.read(50_000)).isEqualTo(50_000);
            }
            assertRecorded(service.takeOne(), "GET /endless", 200, Outcome.CLIENT_ABORT, false);
        }
    }

    @Test
    void recordsAClientThatLeavesAfterItsAnswer() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Wire wire = service.connect()) {
                wire.exchange("GET", "/mono/1", "Connection: close");
            }
            assertRecorded(service.takeOne(), "GET /mono/{id}", 200, Outcome.COMPLETED, false);
        }
    }

    @Test
    void recordsEveryOneOfPipelinedRequests() throws IOException {
        try (Wire wire = service.connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < ROUNDS; i++) {
                all.append(Wire.request("GET", "/mono/" + i));
            }
            wire.send(all.toString());
            for (int i = 0; i < ROUNDS; i++) {
                Answer answer = wire.answer(false);

                assertThat(answer.body()).isEqualTo("mono " + i);
                assertTimed(answer);
            }
        }
        assertThat(service.take(ROUNDS))
                .allSatisfy(recorded -> assertRecorded(recorded, "GET /mono/{id}", 200, Outcome.COMPLETED, false));
    }

    @Test
    void recordsARequestWithABody() throws IOException {
        String body = "x".repeat(100_000);
        try (Wire wire = service.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                wire.send(Wire.request(
                                "POST", "/echo", "Content-Length: 100000", "Content-Type: application/octet-stream")
                        + body);
                Answer answer = wire.answer(false);

                assertThat(answer.body()).isEqualTo("100000");
                assertTimed(answer);
                assertRecorded(service.takeOne(), "POST /echo", 200, Outcome.COMPLETED, false);
            }
        }
    }

    @Test
    void recordsAPreflightThatIsRefused() throws IOException {
        try (Wire wire = service.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                Answer answer = wire.exchange(
                        "OPTIONS", "/mono/1", "Origin: http://elsewhere.example", "Access-Control-Request-Method: PUT");

                assertThat(answer.status()).isEqualTo(403);
                assertTimed(answer);
                assertRecorded(service.takeOne(), "OPTIONS {unmatched}", 403, Outcome.COMPLETED, false);
            }
        }
    }

    @Test
    void normalizesThePathOfAFunctionThatMatchesByOtherThings() throws IOException {
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/things/17", "X-Any: 1").body()).isEqualTo("any");
        }
        assertRecorded(service.takeOne(), "GET /things/{id}", 200, Outcome.COMPLETED, false);
    }

    @Test
    void recordsThePrincipalAndAsksForItOnce() throws IOException {
        ReactiveShop.LOOK_UPS.set(0);
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/who", "X-User: ada").body()).isEqualTo("ada");
            assertThat(service.takeOne().userId()).isEqualTo("ada");
            assertThat(ReactiveShop.LOOK_UPS).hasValue(1);

            wire.exchange("GET", "/anyone", "X-User: grace");
            assertThat(service.takeOne().userId()).isEqualTo("grace");
            assertThat(ReactiveShop.LOOK_UPS).hasValue(2);
        }
    }

    @Test
    void waitsForNoPrincipal() throws IOException {
        try (Wire wire = service.connect()) {
            assertThat(wire.exchange("GET", "/anyone", "X-User: unknown-yet").body())
                    .isEqualTo("anyone");
        }
        assertThat(service.takeOne().userId()).isNull();
    }

    ReactiveService service() {
        return service;
    }

    static int rounds() {
        return ROUNDS;
    }

    private static double timed(Answer answer) {
        return Double.parseDouble(answer.header("X-Response-Time").get(0).replace("ms", ""));
    }

    static void assertTimed(Answer answer) {
        assertThat(answer.header("X-Response-Time")).singleElement().asString().matches("\\d+\\.\\d\\dms");
    }

    static void assertRecorded(StoredRequest recorded, String endpoint, int status, Outcome outcome, boolean stream) {
        assertThat(recorded.endpoint().name()).isEqualTo(endpoint);
        assertThat(recorded.status()).isEqualTo(status);
        assertThat(recorded.outcome()).isEqualTo(outcome);
        assertThat(recorded.stream()).isEqualTo(stream);
    }
}
