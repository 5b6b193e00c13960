package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class WaitingRollupsTest {

    private static final long MINUTE = TimeRange.MINUTE;
    private static final long HOUR = TimeRange.HOUR;

    private final WaitingRollups rollups = new WaitingRollups();

    @Test
    void addsUpWindowsOfTwoPortions() {
        WaitingRollups later = new WaitingRollups();
        count(rollups, 1, 0, 2);
        count(later, 1, 0, 3);
        count(later, 2, 0, 5);
        rollups.addAll(later);
        assertHolds(tuple(1, 0L, 5L), tuple(2, 0L, 5L));
    }

    @Test
    void foldsTheMinutesOfAnHourIntoTheOldestThatIsHere() {
        count(rollups, 1, 5 * MINUTE, 2);
        count(rollups, 1, 7 * MINUTE, 3);
        count(rollups, 2, 59 * MINUTE, 4);
        count(rollups, 1, HOUR, 1);
        assertThat(rollups.fold(HOUR, 1_000)).isEqualTo(1);
        assertHolds(tuple(1, 5 * MINUTE, 5L), tuple(2, 5 * MINUTE, 4L), tuple(1, HOUR, 1L));
    }

    @Test
    void foldsTheOldestFirstAndNoMoreThanNeeded() {
        for (int hour = -2; hour < 3; hour++) {
            for (int minute = 0; minute < 60; minute++) {
                count(rollups, 1, hour * HOUR + minute * MINUTE, 1);
            }
        }
        assertThat(rollups.fold(HOUR, 60)).isEqualTo(118);
        assertThat(rollups.size()).isEqualTo(2 + 3 * 60);
        assertThat(rollups.changes())
                .filteredOn(change -> change.windowStartMicros() < 0)
                .extracting(RollupChange::windowStartMicros, change -> change.rollup()
                        .requests())
                .containsExactly(tuple(-2 * HOUR, 60L), tuple(-HOUR, 60L));
        assertThat(rollups.fold(HOUR, 1)).isEqualTo(59);
    }

    @Test
    void saysWhenThereIsNothingToFold() {
        assertThat(rollups.fold(HOUR, 1)).isZero();
        count(rollups, 1, 0, 1);
        count(rollups, 2, 0, 1);
        count(rollups, 1, HOUR, 1);
        assertThat(rollups.fold(HOUR, 1)).isZero();
        assertThat(rollups.fold(24 * HOUR, 1)).isEqualTo(1);
        assertHolds(tuple(1, 0L, 2L), tuple(2, 0L, 1L));
    }

    private void assertHolds(Tuple... expected) {
        assertThat(rollups.changes())
                .extracting(RollupChange::endpointId, RollupChange::windowStartMicros, change -> change.rollup()
                        .requests())
                .containsExactly(expected);
        assertThat(rollups.size()).isEqualTo(expected.length);
    }

    private static void count(WaitingRollups rollups, int endpoint, long startMicros, int requests) {
        for (int n = 0; n < requests; n++) {
            rollups.rollup(startMicros, endpoint)
                    .add(new Observation(
                            endpoint, Endpoint.OTHER, 200, Outcome.COMPLETED, false, startMicros, 1_000, null, null));
        }
    }
}
