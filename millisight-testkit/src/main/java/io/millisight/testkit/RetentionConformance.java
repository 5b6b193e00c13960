package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.StoredRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Retention: what has ended goes, in small steps, and nothing else does. */
abstract class RetentionConformance extends RollupConformance {

    private static final Duration LONG = Duration.ofDays(3_000);
    private static final long PLENTY = 1L << 40;
    private static final long DAY = 24 * HOUR;

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void requestsEndByAgeAndTheirRollupsStay() {
        openWith(new Retention(Duration.ofHours(1), PLENTY, LONG, LONG, LONG));
        for (int minute = 0; minute < 180; minute++) {
            store.commit(batches.request("GET /a", START + minute * MINUTE, MILLI_NANOS)
                    .build());
        }
        long now = START + 180 * MINUTE;
        maintainAll(now);
        List<StoredRequest> kept = readAll(RequestQuery.all(ALWAYS, 1_000));
        assertThat(kept).allMatch(request -> request.completedAtMicros() >= now - 2 * HOUR);
        assertThat(kept).hasSizeBetween(60, 120);
        assertThat(store.status().oldestRequestMicros()).isGreaterThanOrEqualTo(now - 2 * HOUR);
        assertThat(requests(START, now, Resolution.COARSEST)).isEqualTo(180);
    }

    /** Spread over days: a store may let them go by the day, and keep the last whatever it takes. */
    @Test
    void requestsEndBySizeTheOldestFirst() {
        openWith(new Retention(LONG, 1 << 20, LONG, LONG, LONG));
        Random random = new Random(1);
        int committed = 40 * 5_000;
        for (int batch = 0; batch < 40; batch++) {
            for (int request = 0; request < 5_000; request++) {
                batches.request(
                        "GET /a",
                        START + batch * DAY + request,
                        random.nextLong() >>> 1,
                        200,
                        Outcome.COMPLETED,
                        false,
                        null);
            }
            store.commit(batches.build());
        }
        long now = START + 39 * DAY + HOUR;
        maintainAll(now);
        long kept = store.status().requests();
        assertThat(kept).isBetween(5_000L, 150_000L);
        assertThat(store.status().oldestRequestMicros()).isGreaterThan(START);
        assertThat(store.requests(RequestQuery.all(ALWAYS, 1)).requests())
                .extracting(StoredRequest::completedAtMicros)
                .containsExactly(START + 39 * DAY + 4_999);
        assertThat(requests(START, now, Resolution.COARSEST)).isEqualTo(committed);
    }

    @Test
    void minutesEndByAgeAndTheirHoursStay() {
        openWith(new Retention(LONG, PLENTY, Duration.ofHours(2), LONG, LONG));
        commitEveryMinute(300);
        long now = START + 300 * MINUTE;
        maintainAll(now);
        assertThat(requests(START, now, Resolution.MINUTE)).isEqualTo(120);
        assertThat(requests(now - 2 * HOUR, now, Resolution.MINUTE)).isEqualTo(120);
        assertThat(requests(START, now, Resolution.COARSEST)).isEqualTo(300);
    }

    @Test
    void hoursEndByAge() {
        openWith(new Retention(LONG, PLENTY, Duration.ofHours(2), Duration.ofHours(3), LONG));
        commitEveryMinute(300);
        long now = START + 300 * MINUTE;
        maintainAll(now);
        assertThat(requests(START, now, Resolution.COARSEST)).isEqualTo(180);
        maintainAll(now + 100 * HOUR);
        assertThat(requests(START, now, Resolution.COARSEST)).isZero();
        assertThat(requests(START, now, Resolution.MINUTE)).isZero();
    }

    @Test
    void whatArrivesLaterThanRetentionKeepsGoesToo() {
        openWith(new Retention(Duration.ofHours(1), PLENTY, Duration.ofHours(2), Duration.ofHours(3), LONG));
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        maintainAll(START + 100 * HOUR);
        assertThat(requests(START, START + HOUR, Resolution.COARSEST)).isZero();
        assertThat(store.status().requests()).isZero();
    }

    @Test
    void numbersGoOnAfterEverythingWasTrimmed() {
        openWith(new Retention(Duration.ofHours(1), PLENTY, LONG, LONG, LONG));
        store.commit(batches.request("GET /a", START, MILLI_NANOS)
                .request("GET /a", START + 1, MILLI_NANOS)
                .build());
        long last = readAll(RequestQuery.all(ALWAYS, 10)).get(0).sequence();
        maintainAll(START + 100 * HOUR);
        assertThat(readAll(RequestQuery.all(ALWAYS, 10))).isEmpty();
        store.commit(batches.request("GET /a", START + 101 * HOUR, MILLI_NANOS).build());
        assertThat(readAll(RequestQuery.all(ALWAYS, 10)))
                .singleElement()
                .satisfies(request -> assertThat(request.sequence()).isGreaterThan(last));
    }

    @Test
    void trimsInSmallSteps() {
        openWith(new Retention(Duration.ofHours(1), PLENTY, Duration.ofHours(2), LONG, LONG));
        commitEveryMinute(600);
        maintainAll(START + 30 * MINUTE);
        int steps = maintainAll(START + 1_000 * HOUR);
        assertThat(steps).isGreaterThan(20);
        assertThat(store.status().requests()).isZero();
    }

    private void openWith(Retention retention) {
        reopen(retention);
    }

    private void commitEveryMinute(int minutes) {
        for (int minute = 0; minute < minutes; minute++) {
            store.commit(batches.request("GET /a", START + minute * MINUTE, MILLI_NANOS)
                    .build());
        }
    }
}
