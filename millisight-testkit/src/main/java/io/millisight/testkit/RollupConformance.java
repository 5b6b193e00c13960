package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rollups: whatever upkeep has done, a range gives the sum of what was committed for it. */
abstract class RollupConformance extends RequestConformance {

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void sumsEqualWhatWasCommittedBeforeAndAfterEveryStepOfUpkeep() {
        Random random = new Random(7);
        List<Request> committed = new ArrayList<>();
        commitOverHours(random, committed, 4);
        assertAllSums(random, committed);
        while (store.maintain(START + 2 * HOUR + 30 * MINUTE)) {
            assertSums(random, committed);
        }
        assertAllSums(random, committed);

        commitOverHours(random, committed, 4);
        assertAllSums(random, committed);
        while (store.maintain(START + 10 * HOUR)) {
            assertSums(random, committed);
        }
        assertAllSums(random, committed);
    }

    @Test
    void minutesComeOneByOneAndNeverAsHours() {
        commitOverHours(new Random(3), new ArrayList<>(), 2);
        Map<Long, Long> before = requestsByWindow();
        maintainAll(START + 10 * HOUR);
        assertThat(requestsByWindow()).isEqualTo(before);
        assertThat(before.keySet()).allMatch(window -> window % MINUTE == 0);
        assertThat(before).hasSizeGreaterThan(60);
    }

    @Test
    void lateArrivalsCountInTheMinuteTheyCompletedIn() {
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        maintainAll(START + 5 * HOUR);
        store.commit(batches.request("GET /a", START + SECOND, MILLI_NANOS)
                .request("GET /a", START + 5 * HOUR, MILLI_NANOS)
                .build());
        assertThat(requests(START, START + MINUTE, Resolution.MINUTE)).isEqualTo(2);
        maintainAll(START + 6 * HOUR);
        assertThat(requests(START, START + MINUTE, Resolution.MINUTE)).isEqualTo(2);
        assertThat(requests(START, START + HOUR, Resolution.COARSEST)).isEqualTo(2);
        assertThat(requests(START, START + 6 * HOUR, Resolution.COARSEST)).isEqualTo(3);
    }

    @Test
    void minuteThatHasNotEndedIsLeftAlone() {
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        assertThat(store.maintain(START + MINUTE - 1)).isFalse();
        assertThat(store.maintain(START + MINUTE)).isTrue();
    }

    @Test
    void instancesOfOneServiceAddUp() {
        BatchBuilder other = new BatchBuilder("b", "journal-b");
        for (int second = 0; second < 180; second++) {
            store.commit(batches.request("GET /a", START + second * SECOND, MILLI_NANOS)
                    .build());
            store.commit(other.request("GET /b", START + second * SECOND, MILLI_NANOS)
                    .request("GET /a", START + second * SECOND, 2 * MILLI_NANOS)
                    .build());
        }
        for (int pass = 0; pass < 2; pass++) {
            assertThat(requests(START, START + HOUR, Resolution.COARSEST)).isEqualTo(540);
            assertThat(requests("GET /a", START, START + HOUR, Resolution.COARSEST))
                    .isEqualTo(360);
            assertThat(requests(START + MINUTE, START + 2 * MINUTE, Resolution.MINUTE))
                    .isEqualTo(180);
            maintainAll(START + 3 * HOUR);
        }
    }

    @Test
    void endpointIsTheSameInstanceWithinAQuery() {
        commitOverHours(new Random(5), new ArrayList<>(), 2);
        maintainAll(START + 90 * MINUTE);
        Set<Endpoint> instances = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<String, Integer> perName = new HashMap<>();
        store.rollups(
                new RollupQuery(new TimeRange(START, START + 3 * HOUR), Resolution.COARSEST, Scope.ALL),
                (endpoint, window, rollup) -> {
                    if (instances.add(endpoint)) {
                        perName.merge(endpoint.name(), 1, Integer::sum);
                    }
                });
        assertThat(perName.values()).isNotEmpty().containsOnly(1);
    }

    @Test
    void rangeOfNoLengthGivesNothing() {
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        assertThat(sums(START, START, Resolution.COARSEST)).isEmpty();
        assertThat(sums(START + MINUTE, START + HOUR, Resolution.COARSEST)).isEmpty();
    }

    private void commitOverHours(Random random, List<Request> committed, int hours) {
        for (int flush = 0; flush < 60 * hours; flush++) {
            for (int request = random.nextInt(4); request >= 0; request--) {
                Request made = new Request(
                        Endpoint.ofName("GET /r/" + random.nextInt(5)),
                        START + flush * MINUTE + random.nextInt(90) * SECOND,
                        1 + random.nextInt(1_000_000_000),
                        random.nextInt(10) == 0 ? 500 : random.nextInt(5) == 0 ? 404 : 200,
                        Outcome.ofCode(random.nextInt(4)),
                        random.nextInt(9) == 0,
                        null);
                made.addTo(batches);
                committed.add(made);
            }
            store.commit(batches.build());
        }
    }

    /** Whole hours, cuts through hours, less than an hour, a minute, everything. */
    private void assertAllSums(Random random, List<Request> committed) {
        assertSums(committed, START, START + HOUR);
        assertSums(committed, START + 59 * MINUTE, START + 3 * HOUR + MINUTE);
        assertSums(committed, START + HOUR + MINUTE, START + 2 * HOUR - MINUTE);
        assertSums(committed, START + 17 * MINUTE, START + 18 * MINUTE);
        assertSums(committed, START - 100 * HOUR, START + 100 * HOUR);
        for (int round = 0; round < 10; round++) {
            assertSums(random, committed);
        }
    }

    private void assertSums(Random random, List<Request> committed) {
        long from = START + (random.nextInt(300) - 20) * MINUTE;
        assertSums(committed, from, from + random.nextInt(250) * MINUTE);
    }

    private void assertSums(List<Request> committed, long from, long to) {
        for (Resolution resolution : Resolution.values()) {
            assertThat(sums(from, to, resolution))
                    .as("%s to %s by %s", TimeRange.instant(from), TimeRange.instant(to), resolution)
                    .isEqualTo(expectedSums(committed, from, to));
        }
    }

    private Map<Long, Long> requestsByWindow() {
        Map<Long, Long> requests = new HashMap<>();
        store.rollups(
                new RollupQuery(ALWAYS, Resolution.MINUTE, Scope.ALL),
                (endpoint, window, rollup) -> requests.merge(window, rollup.requests(), Long::sum));
        return requests;
    }
}
