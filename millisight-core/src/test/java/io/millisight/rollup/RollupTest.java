package io.millisight.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollupTest {

    @Test
    void countsEveryKindOfEnding() {
        Rollup rollup = busy();

        assertThat(rollup.requests()).isEqualTo(8);
        assertThat(rollup.serverErrors()).isEqualTo(3);
        assertThat(rollup.clientErrors()).isEqualTo(2);
        assertThat(rollup.exceptions()).isEqualTo(1);
        assertThat(rollup.clientAborts()).isEqualTo(1);
        assertThat(rollup.timeouts()).isEqualTo(1);
        assertThat(rollup.streams()).isEqualTo(1);
    }

    @Test
    void aStreamCountsAsARequestButNotInLatency() {
        Rollup rollup = new Rollup();
        rollup.add(observation(200, Outcome.COMPLETED, true, 5));
        rollup.add(observation(200, Outcome.COMPLETED, false, 7));

        assertThat(rollup.requests()).isEqualTo(2);
        assertThat(rollup.latency().count()).isEqualTo(1);
        assertThat(rollup.snapshot().latency().maxNanos()).isEqualTo(7);
    }

    @Test
    void addingIsTheSumOfAllCounters() {
        Rollup twice = busy();
        twice.add(busy());
        Rollup fromSnapshot = busy();
        fromSnapshot.add(busy().snapshot());
        Rollup oneByOne = busy();
        RollupPack.forEach(RollupPack.encode(List.of(new RollupPack.Entry(0, busy()))), (id, rollup) -> {
            assertThat(id).isZero();
            oneByOne.add(rollup);
        });

        assertThat(twice.snapshot())
                .isEqualTo(
                        new RollupSnapshot(16, 6, 4, 2, 2, 2, 2, twice.latency().snapshot()));
        assertThat(fromSnapshot.snapshot()).isEqualTo(twice.snapshot());
        assertThat(oneByOne.snapshot()).isEqualTo(twice.snapshot());
    }

    @Test
    void aClearedRollupIsAsGoodAsNew() {
        Rollup rollup = busy();
        rollup.clear();

        assertThat(rollup.snapshot()).isEqualTo(RollupSnapshot.EMPTY);
    }

    @Test
    void ratesAreSharesOfRequestsAndUnknownWithoutAny() {
        RollupSnapshot busy = busy().snapshot();

        assertThat(busy.errorRate()).isEqualTo(3 / 8.0);
        assertThat(busy.clientErrorRate()).isEqualTo(2 / 8.0);
        assertThat(RollupSnapshot.EMPTY.errorRate()).isNaN();
        assertThat(RollupSnapshot.EMPTY.clientErrorRate()).isNaN();
    }

    /** Eight requests, of every kind. */
    static Rollup busy() {
        Rollup rollup = new Rollup();
        rollup.add(observation(200, Outcome.COMPLETED, false, 10_000_000));
        rollup.add(observation(301, Outcome.COMPLETED, false, 1_000_000));
        rollup.add(observation(404, Outcome.COMPLETED, false, 2_000_000));
        rollup.add(observation(499, Outcome.CLIENT_ABORT, false, 3_000_000));
        rollup.add(observation(503, Outcome.COMPLETED, false, 4_000_000));
        rollup.add(observation(500, Outcome.EXCEPTION, false, 5_000_000));
        rollup.add(observation(200, Outcome.TIMEOUT, false, 30_000_000_000L));
        rollup.add(observation(200, Outcome.COMPLETED, true, 6_000_000));
        return rollup;
    }

    static Observation observation(int status, Outcome outcome, boolean stream, long durationNanos) {
        Endpoint endpoint = Endpoint.ofName("GET /items/{id}");
        return new Observation(0, endpoint, status, outcome, stream, 1_000_000, durationNanos, null, null);
    }
}
