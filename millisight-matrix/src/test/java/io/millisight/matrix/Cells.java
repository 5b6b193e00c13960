package io.millisight.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.matrix.Shape.Trait;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The column of one container: every shape over every transport, each compared on the wire and in the store. One
 * observation each, in the order of the requests, with the status of the wire; no shorter than the handler worked, no longer
 * than the client waited; the header exactly once; nothing in flight afterwards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Cells {

    private static final String CONTAINER = System.getProperty("matrix.container", "tomcat-11");
    private static final int REQUESTS = Integer.getInteger("matrix.requests", 5);
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long MICROS_A_DAY = 86_400_000_000L;

    /** Of this process: both kinds of threads run in it. */
    private static final AtomicLong NUMBERED = new AtomicLong();

    private Column column;
    private Container container;
    private Millisight millisight;
    private long sent;

    abstract boolean onVirtualThreads();

    @BeforeAll
    void start() throws Exception {
        column = new Column(CONTAINER, onVirtualThreads());
        container = Containers.start(CONTAINER, onVirtualThreads());
        millisight = container.millisight();
        Transport.HTTP_2.ask(container.port(), Shape.get("upgrade to HTTP/2", "/text"), numbers(1));
        // The filter learns from the first of them that this container sends an answer off when it is complete.
        Transport.KEEP_ALIVE.ask(container.port(), Shape.get("first of announced length", "/sized"), numbers(1));
        awaitAllSeen();
    }

    @AfterAll
    void stop() throws Exception {
        if (container == null) {
            return;
        }
        awaitAllSeen();
        assertThat(millisight.ledger().seen())
                .as("observations of all requests")
                .isEqualTo(sent);
        container.stop();
        column.write();
    }

    @TestFactory
    Stream<DynamicTest> shapes() {
        return Shapes.all().stream()
                .filter(shape -> shape.isIn(CONTAINER))
                .map(shape -> shape.in(CONTAINER))
                .flatMap(shape -> Stream.of(Transport.values())
                        .filter(transport -> transport.takes(shape))
                        .map(transport -> DynamicTest.dynamicTest(
                                CONTAINER + ": " + shape + ", " + transport, () -> cell(shape, transport))));
    }

    private void cell(Shape shape, Transport transport) throws Exception {
        assertThat(millisight.ledger().seen()).as("observations before").isEqualTo(sent);
        try {
            List<Answer> answers = transport.ask(container.port(), shape, numbers(REQUESTS));
            awaitAllSeen();
            long seenNanos = System.nanoTime();

            assertThat(millisight.ledger().seen()).as("observations").isEqualTo(sent);
            assertThat(millisight.inFlight().count()).as("in flight").isZero();
            assertThat(millisight.ledger().dropped().values()).as("dropped").containsOnly(0L);
            List<StoredRequest> stored = stored(answers.size());
            for (int i = 0; i < answers.size(); i++) {
                compare(shape, answers.get(i), stored.get(i), seenNanos);
            }
            column.ok(shape, transport, answers.size());
        } finally {
            sent = millisight.ledger().seen(); // what failed here shall not fail the others
        }
    }

    private static void compare(Shape shape, Answer answer, StoredRequest stored, long seenNanos) {
        if (answer.status() != 0) {
            assertThat(answer.status()).as("status on the wire").isEqualTo(shape.status());
            assertThat(answer.timed()).as("headers").isEqualTo(shape.has(Trait.UNTIMED) ? 0 : 1);
        }
        assertThat(stored.endpoint().name()).as("endpoint").isEqualTo(shape.endpoint());
        assertThat(stored.status()).as("status recorded").isEqualTo(shape.recordedStatus());
        assertThat(stored.outcome()).as("outcome").isEqualTo(shape.outcome());
        assertThat(stored.stream()).as("stream").isEqualTo(shape.has(Trait.STREAM));
        if (shape.has(Trait.SLOW)) {
            return; // many at once, in no order: which is whose cannot be told
        }
        assertThat(stored.durationNanos())
                .as("duration, at least the handler's own")
                .isGreaterThanOrEqualTo(Work.of(answer.number()).nanos());
        assertThat(stored.durationNanos())
                .as("duration, at most the client's")
                .isLessThanOrEqualTo(end(shape, answer, seenNanos) - answer.sentNanos());
    }

    private static long end(Shape shape, Answer answer, long seenNanos) {
        if (shape.has(Trait.STREAM)) {
            return answer.firstByteNanos();
        }
        return shape.has(Trait.ANSWERS_EARLY) || answer.endNanos() == 0 ? seenNanos : answer.endNanos();
    }

    private List<String> numbers(int count) {
        List<String> numbers = Stream.generate(() -> String.valueOf(NUMBERED.incrementAndGet()))
                .limit(count)
                .toList();
        sent += count;
        return numbers;
    }

    /** A container may end a request when its client has the answer already. */
    private void awaitAllSeen() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (millisight.ledger().seen() < sent && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    /** The newest, in the order in which they began. */
    private List<StoredRequest> stored(int count) {
        long now = millisight.time().epochMicros();
        TimeRange range = new TimeRange(now - MICROS_A_DAY, now + MICROS_A_DAY);
        List<StoredRequest> newest = new ArrayList<>(
                millisight.requests(RequestQuery.all(range, count)).requests());
        newest.sort(Comparator.comparingLong(request -> request.completedAtMicros() * 1_000 - request.durationNanos()));
        assertThat(newest).as("stored requests").hasSize(count);
        return newest;
    }
}
