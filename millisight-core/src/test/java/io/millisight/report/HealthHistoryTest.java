package io.millisight.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthStatus;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From records to turns and shares. Instants are seconds; a record is known for ten. */
class HealthHistoryTest {

    private static final long SECOND = 1_000_000L;

    private final InMemoryStore store = new InMemoryStore(Retention.defaults());
    private final Reports reports = new Reports(store);

    @Test
    void nothingStoredIsNothingKnown() {
        assertThat(history(0, 100).checks()).isEmpty();
    }

    @Test
    void aStatusHoldsUntilTheNextRecord() {
        found(10, HealthStatus.HEALTHY);
        found(15, HealthStatus.DOWN);
        found(20, HealthStatus.DOWN);
        found(25, HealthStatus.DEGRADED);
        found(30, HealthStatus.HEALTHY);

        HealthHistory.OfCheck check = only(history(0, 35));
        assertThat(check.micros(HealthStatus.HEALTHY)).isEqualTo(10 * SECOND);
        assertThat(check.micros(HealthStatus.DOWN)).isEqualTo(10 * SECOND);
        assertThat(check.micros(HealthStatus.DEGRADED)).isEqualTo(5 * SECOND);
        assertThat(check.micros(HealthStatus.UNKNOWN)).isEqualTo(10 * SECOND);
        assertThat(check.uptime()).isEqualTo(15.0 / 25);
    }

    @Test
    void turnsComeNewestFirstWithWhatWasFoundThen() {
        found(10, HealthStatus.HEALTHY);
        found(15, HealthStatus.DOWN);
        found(20, HealthStatus.DOWN);

        HealthHistory.OfCheck check = only(history(0, 25));
        assertThat(check.turnCount()).isEqualTo(2);
        assertThat(check.turns())
                .containsExactly(
                        new HealthHistory.Turn(
                                15 * SECOND, HealthStatus.HEALTHY, HealthStatus.DOWN, "at 15", 15, "{\"at\":15}"),
                        new HealthHistory.Turn(
                                10 * SECOND, HealthStatus.UNKNOWN, HealthStatus.HEALTHY, "at 10", 10, "{\"at\":10}"));
    }

    @Test
    void whereNobodyLookedNothingIsKnown() {
        found(10, HealthStatus.HEALTHY);
        found(50, HealthStatus.HEALTHY);

        HealthHistory.OfCheck check = only(history(0, 55));
        assertThat(check.micros(HealthStatus.HEALTHY)).isEqualTo(15 * SECOND);
        assertThat(check.uptime()).isEqualTo(1);
        assertThat(check.turns())
                .extracting(turn -> turn.atMicros() / SECOND + " " + turn.to().word())
                .containsExactly("50 healthy", "20 unknown", "10 healthy");
    }

    @Test
    void whatWasKnownWhenTheRangeBeganCountsFromThere() {
        found(95, HealthStatus.DOWN);
        found(104, HealthStatus.HEALTHY);

        HealthHistory.OfCheck check = only(history(100, 110));
        assertThat(check.micros(HealthStatus.DOWN)).isEqualTo(4 * SECOND);
        assertThat(check.micros(HealthStatus.HEALTHY)).isEqualTo(6 * SECOND);
        assertThat(check.micros(HealthStatus.UNKNOWN)).isZero();
        assertThat(check.turnCount()).isEqualTo(1);
    }

    @Test
    void whatIsNotOverCountsUntilNow() {
        found(10, HealthStatus.HEALTHY);

        HealthHistory.OfCheck check = only(reports.health(query(0, 1_000, null), 14 * SECOND));
        assertThat(check.micros(HealthStatus.HEALTHY)).isEqualTo(4 * SECOND);
        assertThat(check.micros(HealthStatus.UNKNOWN)).isEqualTo(10 * SECOND);
        assertThat(check.turns()).hasSize(1);
    }

    @Test
    void ofWhatWasNeverKnownThereIsNoUptime() {
        found(10, HealthStatus.UNKNOWN);
        assertThat(only(history(0, 20)).uptime()).isNaN();
    }

    @Test
    void checksAndInstancesAreToldApart() {
        found("redis", "shop-1", 10, HealthStatus.HEALTHY);
        found("database", "shop-2", 10, HealthStatus.DOWN);
        found("database", "shop-1", 10, HealthStatus.HEALTHY);

        assertThat(history(0, 20).checks())
                .extracting(check -> check.check() + " " + check.instance() + " " + check.uptime())
                .containsExactly("database shop-1 1.0", "database shop-2 0.0", "redis shop-1 1.0");
        assertThat(reports.health(query(0, 20, "redis"), 20 * SECOND).checks())
                .extracting(HealthHistory.OfCheck::check)
                .containsExactly("redis");
    }

    @Test
    void ofVeryManyTurnsTheNewestAreShownAndAllAreCounted() {
        for (int i = 0; i < 1_500; i++) {
            found(i, i % 2 == 0 ? HealthStatus.HEALTHY : HealthStatus.DOWN);
        }
        HealthHistory.OfCheck check = only(history(0, 1_500));
        assertThat(check.turnCount()).isEqualTo(1_500);
        assertThat(check.turns()).hasSize(HealthHistory.MAX_TURNS);
        assertThat(check.turns().get(0).atMicros()).isEqualTo(1_499 * SECOND);
    }

    private static HealthHistory.OfCheck only(HealthHistory history) {
        assertThat(history.checks()).hasSize(1);
        return history.checks().get(0);
    }

    private HealthHistory history(long from, long to) {
        return reports.health(query(from, to, null), to * SECOND);
    }

    private static HealthQuery query(long from, long to, String check) {
        return new HealthQuery(Scope.ofService("shop"), new TimeRange(from * SECOND, to * SECOND), check);
    }

    private void found(long at, HealthStatus status) {
        found("database", "shop-1", at, status);
    }

    private void found(String check, String instance, long at, HealthStatus status) {
        store.addHealth(List.of(new HealthRecord(
                "shop",
                instance,
                check,
                status,
                at * SECOND,
                (at + 10) * SECOND,
                at,
                "at " + at,
                "{\"at\":" + at + "}")));
    }
}
