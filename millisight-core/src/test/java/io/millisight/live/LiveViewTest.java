package io.millisight.live;

import static io.millisight.live.Requests.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LiveViewTest {

    private static final Endpoint LIST = new Endpoint("GET", "/api/agents");
    private static final Endpoint CREATE = new Endpoint("POST", "/api/agents");

    private final ManualClock clock = new ManualClock();
    private final Requests requests = new Requests();
    private final List<ClosedSlice> closed = new ArrayList<>();
    private final SlowRequests slow = new SlowRequests(clock, endpoint -> 500 * MS);
    private final LiveView view =
            new LiveView(clock, Duration.ofSeconds(60), Duration.ofSeconds(10), slow, closed::add);

    @Test
    void beforeTheFirstRequestEverythingIsEmpty() {
        LiveSummary summary = summary();

        assertThat(summary.totalRequests()).isZero();
        assertThat(summary.totalServerErrors()).isZero();
        assertThat(summary.slowRequestCount()).isZero();
        assertThat(summary.windowMicros()).isZero();
        assertThat(summary.window().requests()).isZero();
        assertThat(summary.window().latency().quantileNanos(0.5)).isNaN();
        assertThat(summary.endpoints()).isEmpty();
        assertThat(summary.slowRequests()).isEmpty();
        assertThat(summary.sinceMicros()).isEqualTo(clock.epochMicros());
        assertThat(summary.atMicros()).isEqualTo(clock.epochMicros());
    }

    @Test
    void countsByEndpointAndInAll() {
        drain(
                requests.request("GET /api/agents", 10 * MS),
                requests.request("GET /api/agents", 30 * MS),
                requests.failed("POST /api/agents", 600 * MS));

        LiveSummary summary = summary();

        assertThat(summary.totalRequests()).isEqualTo(3);
        assertThat(summary.totalServerErrors()).isEqualTo(1);
        assertThat(summary.slowRequestCount()).isEqualTo(1);
        assertThat(summary.slowRequests()).extracting(SlowRequest::endpoint).containsExactly(CREATE);
        assertThat(summary.window().requests()).isEqualTo(3);
        assertThat(summary.window().latency().maxNanos()).isEqualTo(600 * MS);
        assertThat(summary.endpoints().keySet()).containsExactly(LIST, CREATE);
        assertThat(window(summary, LIST).requests()).isEqualTo(2);
        assertThat(window(summary, LIST).latency().meanNanos()).isCloseTo(20.0 * MS, within(1e-6));
        assertThat(window(summary, CREATE).serverErrors()).isEqualTo(1);
    }

    @Test
    void aRequestStaysForTheWindowAndNoLonger() {
        drain(requests.request("GET /api/agents", 10 * MS));

        clock.advance(Duration.ofSeconds(59));
        assertThat(summary().window().requests()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(1));
        assertThat(summary().window().requests()).isZero();
        assertThat(summary().endpoints()).isEmpty();
        assertThat(summary().totalRequests()).isEqualTo(1);
    }

    @Test
    void theWindowMovesSliceBySlice() {
        for (int second = 0; second < 120; second += 10) {
            drain(requests.request("GET /api/agents", (second + 1) * MS));
            clock.advance(Duration.ofSeconds(10));
        }

        LiveSummary summary = summary();

        assertThat(summary.window().requests()).isEqualTo(5); // and the open slice, still empty
        assertThat(summary.window().latency().minNanos()).isEqualTo(71 * MS);
        assertThat(summary.totalRequests()).isEqualTo(12);
    }

    @Test
    void tellsHowMuchOfThePastTheWindowCovers() {
        clock.advance(Duration.ofSeconds(25));
        assertThat(summary().windowMicros()).isEqualTo(25_000_000L);

        clock.advance(Duration.ofSeconds(100)); // at 125 s the open slice began at 120 s, the window at 70 s
        assertThat(summary().windowMicros()).isEqualTo(55_000_000L);
    }

    @Test
    void anObservationBelongsToTheSliceInWhichItIsTaken() {
        drain(requests.request("GET /api/agents", 1 * MS));
        clock.advance(Duration.ofSeconds(30)); // no drain in between
        drain(requests.request("GET /api/agents", 2 * MS));
        clock.advance(Duration.ofSeconds(30));

        LiveSummary summary = summary();

        assertThat(summary.window().requests()).isEqualTo(1);
        assertThat(summary.window().latency().minNanos()).isEqualTo(2 * MS);
    }

    @Test
    void jumpsOfTheWallClockNeitherClearNorFreezeTheWindow() {
        long begin = clock.epochMicros();
        drain(requests.request("GET /api/agents", 10 * MS));

        clock.setEpochMicros(begin + Duration.ofDays(1).toNanos() / 1_000);
        assertThat(summary().window().requests()).isEqualTo(1);

        clock.setEpochMicros(begin - Duration.ofDays(1).toNanos() / 1_000);
        drain(requests.request("GET /api/agents", 10 * MS));
        assertThat(summary().window().requests()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(60));
        assertThat(summary().window().requests()).isZero();
    }

    @Test
    void tellsTheListenerOfEveryClosedSliceOnce() {
        drain(requests.request("GET /api/agents", 10 * MS), requests.failed("POST /api/agents", 20 * MS));
        clock.advance(Duration.ofSeconds(9));
        drain();
        assertThat(closed).isEmpty();

        clock.advance(Duration.ofSeconds(1));
        drain();
        drain();

        assertThat(closed).hasSize(1);
        ClosedSlice slice = closed.get(0);
        assertThat(slice.endNanos() - slice.startNanos())
                .isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(slice.endMicros()).isEqualTo(clock.epochMicros());
        assertThat(slice.service().requests()).isEqualTo(2);
        assertThat(slice.service().serverErrors()).isEqualTo(1);
        assertThat(slice.endpoints())
                .extracting(ClosedSlice.OfEndpoint::endpoint)
                .containsExactly(LIST, CREATE);
        assertThat(slice.endpoints())
                .allSatisfy(part -> assertThat(part.rollup().requests()).isEqualTo(1));
    }

    @Test
    void quietSlicesAreNotToldAndHoldNothing() {
        drain(requests.request("GET /api/agents", 10 * MS));
        for (int slice = 0; slice < 20; slice++) {
            clock.advance(Duration.ofSeconds(10));
            drain();
        }

        assertThat(closed).hasSize(1);
        assertThat(view.held()).isZero();
    }

    @Test
    void aSliceKeepsTheSlowestRequestsOfEachEndpointButNoStreams() {
        drain(
                requests.at("GET /api/agents", "/api/agents?page=1", 50 * MS),
                requests.request("GET /api/agents", 10 * MS),
                requests.request("GET /api/agents", 30 * MS),
                requests.request("GET /api/agents", 20 * MS),
                requests.request("GET /api/agents", 40 * MS),
                requests.stream("GET /api/agents", 900 * MS));
        clock.advance(Duration.ofSeconds(10));
        drain(requests.request("GET /api/agents", 1 * MS));
        clock.advance(Duration.ofSeconds(10));
        drain();

        List<SlowRequest> slowest = closed.get(0).endpoints().get(0).slowest();
        assertThat(slowest).extracting(SlowRequest::durationNanos).containsExactly(50 * MS, 40 * MS, 30 * MS);
        assertThat(slowest.get(0).path()).isEqualTo("/api/agents?page=1");
        assertThat(closed.get(1).endpoints().get(0).slowest())
                .extracting(SlowRequest::durationNanos)
                .containsExactly(1 * MS);
    }

    @Test
    void streamsCountAsRequestsButNotInLatency() {
        drain(requests.stream("GET /events", 700 * MS));

        LiveSummary summary = summary();

        assertThat(summary.window().requests()).isEqualTo(1);
        assertThat(summary.window().streams()).isEqualTo(1);
        assertThat(summary.window().latency().count()).isZero();
        assertThat(summary.slowRequestCount()).isZero();
    }

    @Test
    void resetBeginsCountsAndWindowAnew() {
        drain(requests.failed("GET /api/agents", 10 * MS));
        clock.advance(Duration.ofSeconds(10));
        drain(requests.request("GET /api/agents", 10 * MS));
        clock.advance(Duration.ofSeconds(5));

        view.reset();

        LiveSummary summary = summary();
        assertThat(summary.totalRequests()).isZero();
        assertThat(summary.totalServerErrors()).isZero();
        assertThat(summary.window().requests()).isZero();
        assertThat(summary.windowMicros()).isZero();
        assertThat(summary.sinceMicros()).isEqualTo(clock.epochMicros());

        drain(requests.request("GET /api/agents", 10 * MS));
        assertThat(summary().totalRequests()).isEqualTo(1);
        assertThat(window(summary(), LIST).requests()).isEqualTo(1);
    }

    @Test
    void endpointIdsMayComeInAnyOrderUpToTheLimitOnEndpoints() {
        for (int id = 99_999; id >= 0; id -= 1_111) {
            Endpoint endpoint = new Endpoint("GET", "/" + id);
            view.accept(new Observation(id, endpoint, 200, Outcome.COMPLETED, false, 0, MS, null, null));
        }

        assertThat(summary().endpoints()).hasSize(91);
        assertThat(summary().window().requests()).isEqualTo(91);
    }

    private void drain(Observation... observations) {
        for (Observation observation : observations) {
            view.accept(observation);
            slow.accept(observation);
        }
        view.drained(JournalCursor.of(0), clock.epochMicros());
        slow.drained(JournalCursor.of(0), clock.epochMicros());
    }

    private static RollupSnapshot window(LiveSummary summary, Endpoint endpoint) {
        return Objects.requireNonNull(summary.endpoints().get(endpoint));
    }

    private LiveSummary summary() {
        return view.summary(clock.epochMicros());
    }
}
