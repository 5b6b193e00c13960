package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millisight.block.RequestColumns;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import io.millisight.store.StoreFeed.Portion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StoreFeedTest {

    private final Feeding feeding = new Feeding();
    private final StoreFeed feed = feeding.feed;
    private final Journal journal = feeding.journal;

    @Test
    void hasNothingToStoreBeforeAnythingCame() {
        feeding.drainAndCut();
        assertThat(feed.next()).isNull();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 0, 0));
    }

    @Test
    void portionsFollowOneAnotherCursorByCursor() {
        JournalCursor begin = feeding.reader.cursor();
        feeding.append(3);
        feeding.drainAndCut();
        JournalCursor middle = feeding.reader.cursor();
        Portion first = next();
        feeding.append(2);
        feeding.drainAndCut();
        assertThat(first.from).isEqualTo(begin);
        assertThat(first.to).isEqualTo(middle);
        assertThat(first.requests.size()).isEqualTo(3);
        feed.stored(first);
        Portion second = next();
        assertThat(second.from).isEqualTo(middle);
        assertThat(second.to).isEqualTo(feeding.reader.cursor());
        assertThat(second.requests.size()).isEqualTo(2);
    }

    @Test
    void keepsEveryColumnOfARequest() {
        feed.accept(
                new Observation(7, new Endpoint("GET", "/a"), 503, Outcome.TIMEOUT, true, 123_456, 789, "ann", "/a?b"));
        feed.accept(new Observation(0, Endpoint.OTHER, 200, Outcome.COMPLETED, false, 123_457, 1, null, null));
        feed.cut();
        RequestColumns requests = next().requests;
        assertThat(requests.completedAtMicros(0)).isEqualTo(123_456);
        assertThat(requests.durationNanos(0)).isEqualTo(789);
        assertThat(requests.endpoint(0)).isEqualTo(7);
        assertThat(requests.status(0)).isEqualTo(503);
        assertThat(requests.outcome(0)).isEqualTo(Outcome.TIMEOUT.code() | RequestColumns.STREAM);
        assertThat(requests.userId(0)).isEqualTo("ann");
        assertThat(requests.outcome(1)).isEqualTo(Outcome.COMPLETED.code());
        assertThat(requests.userId(1)).isNull();
    }

    @Test
    void rollsUpByEndpointAndMinuteOfCompletion() {
        feed.accept(observation(1, 0));
        feed.accept(observation(1, TimeRange.MINUTE - 1));
        feed.accept(observation(40, TimeRange.MINUTE - 1));
        feed.accept(observation(1, TimeRange.MINUTE));
        feed.accept(observation(1, 5));
        feed.accept(observation(1, -1));
        feed.cut();
        assertThat(next().changes())
                .extracting(RollupChange::endpointId, RollupChange::windowStartMicros, StoreFeedTest::requests)
                .containsExactlyInAnyOrder(
                        tuple(1, 0L, 3L),
                        tuple(40, 0L, 1L),
                        tuple(1, TimeRange.MINUTE, 1L),
                        tuple(1, -TimeRange.MINUTE, 1L));
    }

    @Test
    void aPortionsRollupsAreNotTouchedOnceItIsCut() {
        feed.accept(observation(1, 0));
        feed.cut();
        Portion first = next();
        feed.accept(observation(1, 1));
        feed.cut();
        assertThat(first.changes()).extracting(StoreFeedTest::requests).containsExactly(1L);
        feed.stored(first);
        assertThat(next().changes()).extracting(StoreFeedTest::requests).containsExactly(1L);
    }

    @Test
    void fillsTheColumnsOfAStoredPortionAnew() {
        feed.accept(new Observation(7, new Endpoint("GET", "/a"), 200, Outcome.COMPLETED, false, 1, 2, "ann", null));
        feed.cut();
        Portion first = next();
        RequestColumns columns = first.requests;
        feed.stored(first);
        feed.accept(observation(1, 0));
        feed.cut();
        feed.stored(next());
        feed.accept(observation(2, 0));
        feed.cut();

        Portion third = next();

        assertThat(third.requests).isSameAs(columns);
        assertThat(third.requests.size()).isEqualTo(1);
        assertThat(third.requests.endpoint(0)).isEqualTo(2);
        assertThat(third.requests.userId(0)).isNull();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(2, 1, 0));
    }

    @Test
    void letsGoOfColumnsThatAreFarTooLargeForWhatComesNow() {
        for (int n = 0; n < StoreFeed.PORTION; n++) {
            feed.accept(observation(1, n));
        }
        feed.cut();
        Portion large = next();
        feed.stored(large);
        feed.accept(observation(1, 0));
        feed.cut();
        feed.stored(next());
        feed.accept(observation(1, 0));
        feed.cut();
        Portion small = next();
        assertThat(small.requests).as("once more").isSameAs(large.requests);
        feed.stored(small);
        for (int n = 0; n < 3; n++) {
            feed.accept(observation(1, 0));
            feed.cut();
            assertThat(next().requests).isNotSameAs(large.requests);
            feed.stored(next());
        }
    }

    @Test
    void cutsAPortionThatIsLargeEnough() {
        for (int n = 0; n < StoreFeed.PORTION; n++) {
            assertThat(feed.next()).isNull();
            feed.accept(observation(1, n));
        }
        feed.drained(feeding.reader.cursor(), 0);
        assertThat(next().requests.size()).isEqualTo(StoreFeed.PORTION);
    }

    @Test
    void handsOutTheSamePortionUntilItIsStored() {
        feeding.append(1);
        feeding.drainAndCut();
        Portion first = next();
        feeding.append(1);
        feeding.drainAndCut();
        assertThat(feed.next()).isSameAs(first);
        feed.stored(first);
        assertThat(feed.next()).isNotSameAs(first);
    }

    @Test
    void freesTheRingWhenAPortionIsStored() {
        feeding.append(10);
        feeding.drainAndCut();
        assertThat(journal.fill()).isPositive();
        feed.stored(next());
        assertThat(journal.fill()).isZero();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(10, 0, 0));
    }

    @Test
    void countsWhatIsOnItsWay() {
        feeding.append(3);
        feeding.drainAndCut();
        feeding.append(2);
        feeding.drain();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 5, 0));
        feed.stored(next());
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(3, 2, 0));
        assertThat(feed.counts().taken()).isEqualTo(5);
    }

    @Test
    void keepsAllRequestsBelowThreeQuartersOfTheRing() {
        feeding.append(feeding.slots * 3 / 4 - 1);
        feeding.drain();
        assertThat(feed.counts().givenUp()).isZero();
    }

    @Test
    void givesUpTheOldestRequestsAndKeepsTheirRollups() {
        int quarter = feeding.slots / 4;
        for (int n = 0; n < 3; n++) {
            feeding.append(quarter, n * TimeRange.MINUTE / 2);
            feeding.drainAndCut();
        }
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 2L * quarter, quarter));
        assertThat(journal.fill()).isEqualTo(0.5);
        Portion merged = next();
        assertThat(merged.from).isEqualTo(JournalCursor.of(new long[journal.lanes()]));
        assertThat(merged.requests.size()).isEqualTo(quarter);
        assertThat(merged.changes().stream().mapToLong(StoreFeedTest::requests).sum())
                .isEqualTo(2L * quarter);
        feed.stored(merged);
        Portion last = next();
        assertThat(last.from).isEqualTo(merged.to);
        feed.stored(last);
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(2L * quarter, 0, quarter));
    }

    @Test
    void totalsStayRightHoweverLongTheStoreIsAway() {
        int quarter = feeding.slots / 4;
        for (int n = 0; n < 50; n++) {
            feeding.append(quarter, n * 1_000_000L);
            feeding.drain();
        }
        StoreFeed.Counts counts = feed.counts();
        assertThat(counts.taken()).isEqualTo(50L * quarter);
        assertThat(counts.givenUp()).isPositive();
        feed.cut();
        long rolledUp = 0;
        long requests = 0;
        JournalCursor from = JournalCursor.of(new long[journal.lanes()]);
        for (Portion portion = feed.next(); portion != null; portion = feed.next()) {
            assertThat(portion.from).isEqualTo(from);
            from = portion.to;
            requests += portion.requests.size();
            rolledUp += portion.changes().stream()
                    .mapToLong(StoreFeedTest::requests)
                    .sum();
            feed.stored(portion);
        }
        assertThat(from).isEqualTo(feeding.reader.cursor());
        assertThat(rolledUp).isEqualTo(50L * quarter);
        assertThat(requests).isEqualTo(50L * quarter - counts.givenUp());
        assertThat(journal.fill()).isZero();
    }

    @Test
    void neverGivesUpThePortionThatIsBeingStored() {
        int quarter = feeding.slots / 4;
        feeding.append(quarter);
        feeding.drainAndCut();
        Portion attempted = next();
        feeding.append(quarter);
        feeding.drainAndCut();
        feeding.append(quarter);
        feeding.drainAndCut();
        assertThat(feed.next()).isSameAs(attempted);
        assertThat(attempted.requests.size()).isEqualTo(quarter);
        feed.stored(attempted);
        Portion rest = next();
        assertThat(rest.from).isEqualTo(attempted.to);
        assertThat(rest.changes().stream().mapToLong(StoreFeedTest::requests).sum())
                .isEqualTo(2L * quarter);
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(quarter, quarter, quarter));
    }

    @Test
    void givesUpTheOnlyPortionToo() {
        int most = feeding.slots * 3 / 4;
        feeding.append(most);
        feeding.drain();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 0, most));
        assertThat(journal.fill()).isZero();
        Portion portion = next();
        assertThat(portion.requests.size()).isZero();
        assertThat(portion.changes()).extracting(StoreFeedTest::requests).containsExactly((long) most);
        feed.stored(portion);
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 0, most));
    }

    @Test
    void hasNothingToGiveUpWhenWhatFillsTheRingIsNotReadYet() {
        feeding.append(feeding.slots * 3 / 4);
        feed.drained(feeding.reader.cursor(), 0);
        assertThat(feed.counts().givenUp()).isZero();
        assertThat(journal.fill()).isEqualTo(0.75);
    }

    @Test
    void givesUpAnEmptyPortionOnlyOnce() {
        int most = feeding.slots * 3 / 4;
        feeding.append(most);
        feeding.drain();
        feeding.append(most);
        feed.drained(feeding.reader.cursor(), 0);
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(0, 0, most));
    }

    @Test
    void smallPortionsThatWaitBecomeOne() {
        feeding.append(1);
        feeding.drainAndCut();
        Portion attempted = next();
        for (int n = 0; n < 100; n++) {
            feeding.append(3, 1_000_000 + n * 1_000);
            feeding.drainAndCut();
        }
        feed.stored(attempted);
        Portion rest = next();
        assertThat(rest.from).isEqualTo(attempted.to);
        assertThat(rest.to).isEqualTo(feeding.reader.cursor());
        assertThat(rest.requests.size()).isEqualTo(300);
        assertThat(rest.changes()).extracting(StoreFeedTest::requests).containsExactly(300L);
        feed.stored(rest);
        assertThat(feed.next()).isNull();
        assertThat(feed.counts()).isEqualTo(new StoreFeed.Counts(301, 0, 0));
    }

    @Test
    void rollupsThatWaitStayFewAndTheirHoursExact() {
        int endpoints = 100;
        int hours = 48;
        for (int minute = 0; minute < hours * 60; minute++) {
            for (int endpoint = 0; endpoint < endpoints; endpoint++) {
                feed.accept(observation(endpoint, minute * TimeRange.MINUTE));
            }
            feed.cut();
            assertThat(feed.rollupsWaiting()).isLessThanOrEqualTo(StoreFeed.MOST_ROLLUPS);
        }
        Map<List<Long>, Long> byHour = new HashMap<>();
        for (Portion portion = feed.next(); portion != null; portion = feed.next()) {
            for (RollupChange change : portion.changes()) {
                byHour.merge(
                        List.of((long) change.endpointId(), change.windowStartMicros() / TimeRange.HOUR),
                        requests(change),
                        Long::sum);
            }
            feed.stored(portion);
        }
        assertThat(byHour).hasSize(endpoints * hours);
        assertThat(byHour.values()).containsOnly(60L);
    }

    @Test
    void portionsAreJoinedWhenEndpointsAreMany() {
        int endpoints = 2_000;
        for (int n = 0; n < 100; n++) {
            for (int endpoint = 0; endpoint < endpoints; endpoint++) {
                feed.accept(observation(endpoint, n * TimeRange.MINUTE));
            }
            feed.cut();
        }
        assertThat(feed.rollupsWaiting()).isLessThanOrEqualTo(17 * endpoints);
        long requests = 0;
        for (Portion portion = feed.next(); portion != null; portion = feed.next()) {
            requests += portion.changes().stream()
                    .mapToLong(StoreFeedTest::requests)
                    .sum();
            assertThat(portion.requests.size()).isLessThanOrEqualTo(StoreFeed.PORTION);
            feed.stored(portion);
        }
        assertThat(requests).isEqualTo(100L * endpoints);
    }

    private Portion next() {
        return Objects.requireNonNull(feed.next());
    }

    private static long requests(RollupChange change) {
        return change.rollup().requests();
    }

    private static Observation observation(int endpointId, long completedAtMicros) {
        return new Observation(
                endpointId, Endpoint.OTHER, 200, Outcome.COMPLETED, false, completedAtMicros, 1_000, null, null);
    }
}
