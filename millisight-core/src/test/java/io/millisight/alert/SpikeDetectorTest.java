package io.millisight.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millisight.CapturedLog;
import io.millisight.live.ClosedSlice;
import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The rules one by one. Slices of equal durations keep the arithmetic exact: their p99 is that duration, for estimates
 * never leave minimum and maximum.
 */
class SpikeDetectorTest {

    private static final long MS = 1_000_000L;
    private static final long SLICE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Endpoint SLOW = new Endpoint("GET", "/api/slow");
    private static final Endpoint FAST = new Endpoint("GET", "/api/fast");

    private final CapturedLog log = new CapturedLog();
    private final AlertLog alertLog = new AlertLog(log);
    private SpikeDetector detector = detector(SpikeRule.defaults());
    private long slice;

    @Test
    void theFirstJudgementIsTheBaselineAndNeverAnAlert() {
        close(100, 9_000);

        assertThat(alerts()).isEmpty();
        assertThat(log.lines()).isEmpty();

        close(100, 9_000);
        close(100, 17_000); // would be above twice any baseline below 8.5 s
        assertThat(alerts()).isEmpty();
    }

    @Test
    void aP99AboveTwiceTheBaselineIsAnAlertWithAllThatExplainsIt() {
        close(100, 200);
        close(120, 500);

        SpikeAlert alert = alerts().get(0);
        assertThat(alerts()).hasSize(2); // the service and its one endpoint
        assertThat(alert.endpoint()).isEqualTo(SLOW);
        assertThat(alert.observedNanos()).isEqualTo(500.0 * MS);
        assertThat(alert.baselineNanos()).isEqualTo(200.0 * MS);
        assertThat(alert.thresholdNanos()).isEqualTo(400.0 * MS);
        assertThat(alert.requests()).isEqualTo(120);
        assertThat(alert.atMicros()).isEqualTo(2 * SLICE_NANOS / 1_000);
        assertThat(alert.samples()).extracting(SlowRequest::durationNanos).containsExactly(500 * MS);
        assertThat(alerts().get(1).endpoint()).isNull();
        assertThat(alerts().get(1).samples()).hasSize(1);
    }

    @Test
    void eachAlertIsOneLineAtErrorThatExplainsItself() {
        close(100, 200);
        close(120, 500);

        assertThat(log.lines())
                .containsExactly(
                        "ERROR p99 spike, all endpoints: p99 500.00ms of 120 requests is above the threshold of"
                                + " 400.00ms (baseline 200.00ms, factor 2.0); slowest: GET /api/slow?q=1 - 200 -"
                                + " 500.00ms",
                        "ERROR p99 spike, GET /api/slow: p99 500.00ms of 120 requests is above the threshold of"
                                + " 400.00ms (baseline 200.00ms, factor 2.0); slowest: GET /api/slow?q=1 - 200 -"
                                + " 500.00ms");
    }

    @Test
    void exactlyTwiceTheBaselineIsNoSpike() {
        close(100, 200);
        close(100, 400);

        assertThat(alerts()).isEmpty();
    }

    @Test
    void theBaselineIsAMovingAverageOfWhatWasJudged() {
        SpikeJudge judge = judge(SpikeRule.defaults());

        judge(judge, 100, 200);
        assertThat(judge.baselineNanos()).isEqualTo(200.0 * MS);

        judge(judge, 100, 300);
        assertThat(judge.baselineNanos()).isCloseTo((0.9 * 200 + 0.1 * 300) * MS, within(1.0));

        judge(judge, 100, 100);
        assertThat(judge.baselineNanos()).isCloseTo((0.9 * 210 + 0.1 * 100) * MS, within(1.0));
    }

    @Test
    void aSpikeDoesNotTeachTheBaselineNeitherAlertedNorInCooldown() {
        SpikeJudge judge = judge(SpikeRule.defaults());
        judge(judge, 100, 200);

        assertThat(judge(judge, 100, 900)).isTrue();
        assertThat(judge.baselineNanos()).isEqualTo(200.0 * MS);

        assertThat(judge(judge, 100, 900)).isFalse();
        assertThat(judge.baselineNanos()).isEqualTo(200.0 * MS);
    }

    @Test
    void fewerRequestsThanTheMinimumAreNotJudged() {
        SpikeJudge judge = judge(SpikeRule.defaults());

        judge(judge, 49, 200);
        assertThat(judge.baselineNanos()).isNaN();
    }

    @Test
    void theMinimumItselfIsJudged() {
        SpikeJudge judge = judge(SpikeRule.defaults());

        judge(judge, 50, 200);
        assertThat(judge.baselineNanos()).isEqualTo(200.0 * MS);
    }

    @Test
    void thinSlicesGatherUntilThereAreEnoughRequests() {
        close(100, 200);
        close(20, 500);
        close(20, 600);
        assertThat(alerts()).isEmpty();

        close(20, 700);

        SpikeAlert alert = alerts().get(0);
        assertThat(alert.requests()).isEqualTo(60);
        assertThat(alert.observedNanos()).isCloseTo(700.0 * MS, within(700.0 * MS * 0.0055));
        assertThat(alert.samples())
                .extracting(SlowRequest::durationNanos)
                .containsExactly(700 * MS, 600 * MS, 500 * MS);
    }

    @Test
    void whatWasJudgedOnceIsNotJudgedAgain() {
        SpikeJudge judge = judge(SpikeRule.defaults());
        judge(judge, 60, 200);
        judge(judge, 40, 300);
        assertThat(judge.baselineNanos()).isEqualTo(200.0 * MS);

        judge(judge, 10, 300);
        assertThat(judge.baselineNanos()).isCloseTo(210.0 * MS, within(1.0));
    }

    @Test
    void gatheringNeverReachesBackFurtherThanTheWindow() {
        close(100, 200);
        close(40, 900);
        slice += 29; // the window of 30 slices ends before those 40
        close(40, 900);
        assertThat(alerts()).isEmpty();

        slice += 28; // now the last slice of the window holds the other 40
        close(40, 900);
        assertThat(alerts()).hasSize(2);
        assertThat(alerts().get(0).requests()).isEqualTo(80);
    }

    @Test
    void cooldownKeepsAScopeSilentAndThenEnds() {
        close(100, 200);
        close(100, 900);
        for (int i = 1; i < 30; i++) {
            close(100, 900);
        }
        assertThat(alerts()).hasSize(2);

        close(100, 900); // 30 slices of 10 s behind the alert: 5 minutes
        assertThat(alerts()).hasSize(4);
    }

    @Test
    void withoutCooldownEverySpikingSliceIsAnAlert() {
        detector = detector(new SpikeRule(2, 0.9, 50, Duration.ZERO, Duration.ofMillis(10)));
        close(100, 200);
        close(100, 900);
        close(100, 900);

        assertThat(alerts()).hasSize(4);
    }

    @Test
    void nothingAtOrBelowTheFloorIsASpikeAndItTeachesTheBaseline() {
        SpikeJudge judge = judge(SpikeRule.defaults());
        judge(judge, 100, 1);

        assertThat(judge(judge, 100, 10)).isFalse();
        assertThat(judge.baselineNanos()).isCloseTo(1.9 * MS, within(1.0));
        assertThat(judge(judge, 100, 11)).isTrue();
    }

    @Test
    void belowTheFloorTheThresholdStatedIsTheFloor() {
        close(100, 1);
        close(100, 50);

        assertThat(alerts().get(0).thresholdNanos()).isEqualTo(10.0 * MS);
    }

    @Test
    void serviceAndEndpointsAreJudgedApart() {
        close(part(SLOW, 60, 200), part(FAST, 100_000, 20));
        close(part(SLOW, 60, 900), part(FAST, 100_000, 20));

        // 60 of 100,060 requests do not move the p99 of all.
        assertThat(alerts()).extracting(SpikeAlert::endpoint).containsExactly(SLOW);
        assertThat(alerts().get(0).requests()).isEqualTo(60);
    }

    @Test
    void theCooldownOfOneEndpointDoesNotSilenceAnother() {
        close(part(SLOW, 60, 200), part(FAST, 60, 20));
        close(part(SLOW, 60, 900), part(FAST, 60, 20));
        close(part(SLOW, 60, 900), part(FAST, 60, 90));

        assertThat(alerts()).extracting(SpikeAlert::endpoint).containsExactly(FAST, SLOW, null);
    }

    @Test
    void streamsAreNotAmongTheRequestsJudged() {
        Rollup streams = new Rollup();
        for (int i = 0; i < 100; i++) {
            streams.add(observation(SLOW, 200, true));
        }
        SpikeJudge judge = judge(SpikeRule.defaults());

        judge.judge(slice(List.of()), streams.snapshot(), List.of());

        assertThat(judge.baselineNanos()).isNaN();
    }

    @Test
    void theLastHundredAlertsAreKeptNewestFirst() {
        detector = detector(new SpikeRule(2, 0.9, 1, Duration.ZERO, Duration.ZERO));
        close(1, 1);
        for (int i = 0; i < 60; i++) {
            close(1, 100 + i);
        }

        assertThat(alerts()).hasSize(100);
        assertThat(alerts().get(0).observedNanos()).isEqualTo(159.0 * MS);
        assertThat(alerts().get(99).observedNanos()).isEqualTo(110.0 * MS);
        assertThat(log.lines()).hasSize(120);
    }

    @Test
    void resetForgetsBaselinesAndCooldowns() {
        close(100, 200);
        close(100, 900);
        assertThat(alerts()).hasSize(2);

        detector.reset();

        close(100, 900);
        assertThat(alerts()).hasSize(2); // a baseline again
        close(100, 1_900);
        assertThat(alerts()).hasSize(4); // in spite of the cooldown before
    }

    @Test
    void anEndpointsNameCannotForgeALine() {
        Endpoint hostile = new Endpoint("GET", "/a\nERROR");
        close(part(hostile, 60, 20));
        close(part(hostile, 60, 90));

        assertThat(log.lines()).hasSize(2).noneMatch(line -> line.contains("\n"));
    }

    private SpikeDetector detector(SpikeRule rule) {
        return new SpikeDetector(rule, Duration.ofMinutes(5), alertLog::raise);
    }

    private List<SpikeAlert> alerts() {
        return alertLog.alerts().stream().map(SpikeAlert.class::cast).toList();
    }

    private static SpikeJudge judge(SpikeRule rule) {
        return new SpikeJudge(rule, Duration.ofMinutes(5).toNanos(), SLOW);
    }

    /** Whether a slice of equal durations raises an alert. */
    private boolean judge(SpikeJudge judge, int requests, long millis) {
        ClosedSlice.OfEndpoint part = part(SLOW, requests, millis);
        return judge.judge(slice(List.of(part)), part.rollup(), part.slowest()) != null;
    }

    /** Closes a slice in which one endpoint had so many requests, all of one duration. */
    private void close(int requests, long millis) {
        close(part(SLOW, requests, millis));
    }

    private void close(ClosedSlice.OfEndpoint... parts) {
        detector.closed(slice(List.of(parts)));
    }

    private ClosedSlice slice(List<ClosedSlice.OfEndpoint> parts) {
        Rollup service = new Rollup();
        parts.forEach(part -> service.add(part.rollup()));
        long start = slice++ * SLICE_NANOS;
        long end = slice * SLICE_NANOS;
        return new ClosedSlice(start, end, start / 1_000, end / 1_000, service.snapshot(), parts);
    }

    private static ClosedSlice.OfEndpoint part(Endpoint endpoint, int requests, long millis) {
        Rollup rollup = new Rollup();
        for (int i = 0; i < requests; i++) {
            rollup.add(observation(endpoint, millis, false));
        }
        RollupSnapshot snapshot = rollup.snapshot();
        SlowRequest sample =
                new SlowRequest(endpoint, endpoint.route() + "?q=1", 200, Outcome.COMPLETED, 1, millis * MS, null);
        return new ClosedSlice.OfEndpoint(Objects.equals(endpoint, FAST) ? 7 : 3, endpoint, snapshot, List.of(sample));
    }

    private static Observation observation(Endpoint endpoint, long millis, boolean stream) {
        return new Observation(3, endpoint, 200, Outcome.COMPLETED, stream, 1, millis * MS, null, null);
    }
}
