package io.millisight.live;

import static io.millisight.live.Requests.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.CapturedLog;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class SlowRequestsTest {

    private final ManualClock clock = new ManualClock();
    private final Requests requests = new Requests();
    private final CapturedLog log = new CapturedLog();
    private final SlowRequests slow =
            new SlowRequests(clock, endpoint -> endpoint.name().equals("GET /reports") ? 2_000 * MS : 500 * MS, log);

    @Test
    void slowIsWhatTakesLongerThanTheThreshold() {
        slow.accept(requests.request("GET /a", 500 * MS));
        slow.accept(requests.request("GET /a", 500 * MS + 1));

        assertThat(slow.count()).isEqualTo(1);
        assertThat(slow.latest()).extracting(SlowRequest::durationNanos).containsExactly(500 * MS + 1);
    }

    @Test
    void anEndpointMayHaveItsOwnThreshold() {
        slow.accept(requests.request("GET /a", 1_999 * MS));
        slow.accept(requests.request("GET /reports", 1_999 * MS));
        slow.accept(requests.request("GET /reports", 2_001 * MS));

        assertThat(slow.latest())
                .extracting(request -> request.endpoint().name())
                .containsExactly("GET /reports", "GET /a");
    }

    @Test
    void aStreamIsNeverSlow() {
        slow.accept(requests.stream("GET /events", 9_000 * MS));

        assertThat(slow.count()).isZero();
    }

    @Test
    void keepsTheLastHundredNewestFirstAndCountsAll() {
        for (int i = 0; i < 250; i++) {
            slow.accept(requests.request("GET /a", (501 + i) * MS));
        }

        assertThat(slow.count()).isEqualTo(250);
        assertThat(slow.latest()).hasSize(100);
        assertThat(slow.latest().get(0).durationNanos()).isEqualTo(750 * MS);
        assertThat(slow.latest().get(99).durationNanos()).isEqualTo(651 * MS);
    }

    @Test
    void anEndpointThatIsAlwaysSlowDoesNotHideTheOthers() {
        for (int i = 0; i < 7; i++) {
            slow.accept(requests.request("GET /rare", (600 + i) * MS));
        }
        for (int i = 0; i < 1_000; i++) {
            slow.accept(requests.request("GET /always", 700 * MS));
        }

        List<SlowRequest> rare = slow.list(new Endpoint("GET", "/rare"), 100);
        assertThat(rare)
                .extracting(SlowRequest::durationNanos)
                .containsExactly(606 * MS, 605 * MS, 604 * MS, 603 * MS, 602 * MS);
        assertThat(slow.list(null, 1_000)).hasSize(105).endsWith(rare.get(4));
        assertThat(slow.list(null, 3)).hasSize(3).doesNotContainAnyElementsOf(rare);
        assertThat(slow.list(new Endpoint("GET", "/never"), 100)).isEmpty();
    }

    @Test
    void theEndpointThatWasSlowLongestAgoGivesUpItsShare() {
        for (int i = 0; i <= SlowRequests.ENDPOINTS; i++) {
            slow.accept(requests.request("GET /" + i, 600 * MS));
            slow.accept(requests.request("GET /kept", 600 * MS));
        }

        assertThat(slow.list(new Endpoint("GET", "/0"), 1)).isEmpty();
        assertThat(slow.list(new Endpoint("GET", "/2"), 1)).hasSize(1);
        assertThat(slow.list(new Endpoint("GET", "/kept"), 1)).hasSize(1);
    }

    @Test
    void eachIsLoggedAsAWarningWithItsThreshold() {
        slow.accept(requests.at("GET /api/{id}", "/api/slow", 650_120_000L));

        assertThat(log.lines()).containsExactly("WARN GET /api/slow - 200 - 650.12ms, slow: over 500.00ms");
    }

    @Test
    void linesHaveACeilingAndWhatWasHeldBackIsToldAfterwards() {
        for (int i = 0; i < 130; i++) {
            slow.accept(requests.request("GET /a", 600 * MS));
        }
        slow.drained(JournalCursor.of(0), clock.epochMicros());
        assertThat(log.lines()).hasSize(100);

        clock.advance(Duration.ofSeconds(1));
        slow.drained(JournalCursor.of(0), clock.epochMicros());
        slow.drained(JournalCursor.of(0), clock.epochMicros());

        assertThat(log.lines()).hasSize(101);
        assertThat(log.lines().get(100)).isEqualTo("WARN 30 slow requests not logged: more than 100 lines a second");
        assertThat(slow.count()).isEqualTo(130);
    }

    @Test
    void withTheLoggerOffTheyAreStillKept() {
        log.setLevel(Level.ERROR);

        slow.accept(requests.request("GET /a", 600 * MS));

        assertThat(log.lines()).isEmpty();
        assertThat(slow.count()).isEqualTo(1);
    }

    @Test
    void resetForgetsAll() {
        slow.accept(requests.request("GET /a", 600 * MS));

        slow.reset();

        assertThat(slow.count()).isZero();
        assertThat(slow.latest()).isEmpty();
        assertThat(slow.list(null, 100)).isEmpty();
    }

    @Test
    void theLoggerHasItsName() {
        SlowRequests named = new SlowRequests(clock, endpoint -> 0);

        named.accept(requests.request("GET /a", 1));

        assertThat(named.count()).isEqualTo(1);
    }
}
