package io.millisight.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.CapturedLog;
import io.millisight.health.CheckState;
import io.millisight.health.HealthStatus;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HealthWatchTest {

    private final ManualClock clock = new ManualClock();
    private final CapturedLog logger = new CapturedLog();
    private final AlertLog alerts = new AlertLog(logger);
    private final HealthWatch watch = new HealthWatch(clock, alerts);
    private CheckState last = state(HealthStatus.UNKNOWN, 0);

    @Test
    void aHealthyStartIsNotWorthAWord() {
        found(HealthStatus.HEALTHY);
        assertThat(alerts.alerts()).isEmpty();
    }

    @Test
    void aBadStartIs() {
        found(HealthStatus.DOWN);
        assertThat(logger.lines()).containsExactly("ERROR health: database is down: no answer (asked for 12.00ms)");
    }

    @Test
    void aTurnOutOfASettledStatusIsToldAtOnceAndSoIsTheEndOfALongOutage() {
        found(HealthStatus.HEALTHY);
        pass(300);
        found(HealthStatus.DOWN);
        long downAt = clock.epochMicros();
        pass(300);
        found(HealthStatus.HEALTHY);

        assertThat(logger.lines())
                .containsExactly(
                        "ERROR health: database is down, was healthy: no answer (asked for 12.00ms)",
                        "INFO health: database is healthy, was down (asked for 12.00ms)");
        assertThat(alerts.alerts()).hasSize(2);
        HealthAlert first = (HealthAlert) alerts.alerts().get(1);
        assertThat(first)
                .isEqualTo(new HealthAlert(
                        downAt, "database", HealthStatus.HEALTHY, HealthStatus.DOWN, "no answer", 12_000_000, 1));
    }

    @Test
    void aShortOutageIsToldAtOnceAndItsEndOnceThatHasSettled() {
        found(HealthStatus.HEALTHY);
        pass(300);
        found(HealthStatus.DOWN);
        pass(20);
        found(HealthStatus.HEALTHY);
        pass(59);
        found(HealthStatus.HEALTHY);
        assertThat(alerts.alerts()).hasSize(1);

        pass(1);
        found(HealthStatus.HEALTHY);
        assertThat(alerts.alerts()).hasSize(2);
    }

    @Test
    void whatFlapsAndEndsAsItWasToldIsNotToldAgain() {
        found(HealthStatus.HEALTHY);
        pass(300);
        for (int turn = 0; turn < 7; turn++) {
            found(turn % 2 == 0 ? HealthStatus.DOWN : HealthStatus.HEALTHY);
            pass(5);
        }
        for (int second = 0; second < 300; second += 10) {
            found(HealthStatus.DOWN);
            pass(10);
        }
        assertThat(alerts.alerts()).hasSize(1);
    }

    @Test
    void flappingIsCounted() {
        found(HealthStatus.HEALTHY);
        pass(300);
        for (int turn = 0; turn < 6; turn++) {
            found(turn % 2 == 0 ? HealthStatus.DOWN : HealthStatus.HEALTHY);
            pass(5);
        }
        pass(60);
        found(HealthStatus.HEALTHY);
        assertThat(logger.lines().get(1))
                .isEqualTo("INFO health: database is healthy, was down (asked for 12.00ms,"
                        + " turned 5 times since the last alert)");
    }

    @Property(tries = 500)
    void twentyRandomTurnsInAMinuteRaiseTwoAlertsAtMost(@ForAll long seed) {
        Random random = new Random(seed);
        HealthWatchTest of = new HealthWatchTest();
        of.found(HealthStatus.HEALTHY);
        of.pass(300);
        long[] at = random.longs(20, 0, 60_000).sorted().toArray();
        long now = 0;
        for (long millis : at) {
            of.clock.advance(Duration.ofMillis(millis - now));
            now = millis;
            of.found(of.last.status() == HealthStatus.HEALTHY ? HealthStatus.DOWN : HealthStatus.HEALTHY);
        }
        for (int second = 0; second < 600; second++) {
            of.found(of.last.status());
            of.pass(1);
        }
        assertThat(of.alerts.alerts()).hasSizeBetween(1, 2);
        HealthAlert newest = (HealthAlert) of.alerts.alerts().get(0);
        assertThat(newest.to()).as("what was told last is what is").isEqualTo(of.last.status());
    }

    @Test
    void thatNothingIsKnownIsNeverTold() {
        found(HealthStatus.HEALTHY);
        pass(300);
        found(HealthStatus.UNKNOWN);
        pass(300);
        found(HealthStatus.UNKNOWN);
        assertThat(alerts.alerts()).isEmpty();
    }

    @Test
    void degradedIsAWarningAndHostileTextIsInert() {
        watch.checked(last, state(HealthStatus.DEGRADED, "slow\u001b[31m\nERROR forged"));
        assertThat(logger.lines())
                .containsExactly("WARN health: database is degraded: slow\\u001b[31m\\u000aERROR forged"
                        + " (asked for 12.00ms)");
    }

    @Test
    void theLastHundredAlertsAreKeptNewestFirst() {
        for (int i = 0; i < 150; i++) {
            alerts.raise(new HealthAlert(i, "a", HealthStatus.HEALTHY, HealthStatus.DOWN, null, 0, 1));
        }
        List<Alert> kept = alerts.alerts();
        assertThat(kept).hasSize(AlertLog.KEPT);
        assertThat(kept.get(0).atMicros()).isEqualTo(149);
        alerts.reset();
        assertThat(alerts.alerts()).isEmpty();
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private void found(HealthStatus status) {
        CheckState now = state(status, status == HealthStatus.HEALTHY ? null : "no answer");
        watch.checked(last, now);
        last = now;
    }

    private CheckState state(HealthStatus status, String message) {
        return new CheckState(
                "database",
                true,
                Duration.ofSeconds(10),
                status,
                clock.epochMicros(),
                status,
                message,
                Map.of(),
                12_000_000,
                clock.epochMicros(),
                false);
    }

    private CheckState state(HealthStatus status, long checkedAtMicros) {
        return new CheckState(
                "database",
                true,
                Duration.ofSeconds(10),
                status,
                0,
                status,
                null,
                Map.of(),
                -1,
                checkedAtMicros,
                false);
    }
}
