package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthStatus;
import io.millisight.journal.JournalCursor;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every store must do that outlives its process: all of {@link StoreConformanceTest}, and to know it when opened again. */
public abstract class PersistentStoreConformanceTest extends StoreConformanceTest {

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void reopeningKeepsEverything() {
        Random random = new Random(9);
        List<Request> committed = randomRequests(random, 300);
        for (Request request : committed) {
            request.addTo(batches);
            store.commit(batches.build());
            if (random.nextInt(10) == 0) {
                store.maintain(START + 20 * MINUTE);
            }
        }
        HealthRecord health = healthRecord("a", "a-1", "database", START, HealthStatus.DOWN);
        store.addHealth(List.of(health));
        InstanceRecord sign = sign("a", "a-1", START);
        store.addInstance(sign);
        AlertRecord alert = alert("p99 of a", START, "a-1");
        store.addAlert(alert, MINUTE);
        JournalCursor cursor = store.cursor("journal-a").orElseThrow();
        List<StoredRequest> requests = readAll(RequestQuery.all(ALWAYS, 1_000));
        assertThat(requests).hasSize(300);

        reopen(Retention.defaults());
        assertThat(store.cursor("journal-a")).contains(cursor);
        assertThat(readAll(RequestQuery.all(ALWAYS, 1_000))).isEqualTo(requests);
        assertThat(healthOf("a")).containsExactly(health);
        assertThat(store.instances()).containsExactly(sign);
        assertThat(store.alerts(ALWAYS, Scope.ALL, 10)).containsExactly(alert);
        assertThat(store.addAlert(alert("p99 of a", START + 1, "a-2"), MINUTE)).isFalse();
        for (Resolution resolution : Resolution.values()) {
            assertThat(sums(START - HOUR, START + HOUR, resolution))
                    .isEqualTo(expectedSums(committed, START - HOUR, START + HOUR));
        }
        store.commit(batches.request("GET /a", START + HOUR, 1).build());
        maintainAll(START + 3 * HOUR);
        assertThat(readAll(RequestQuery.all(ALWAYS, 1_000))).hasSize(301).endsWith(requests.get(299));
    }

    @Test
    void numbersGoOnAfterEverythingWasTrimmedAndTheStoreOpenedAgain() {
        Duration hours = Duration.ofDays(400);
        Retention anHour = new Retention(Duration.ofHours(1), 1L << 40, hours, hours, hours);
        reopen(anHour);
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        long last = readAll(RequestQuery.all(ALWAYS, 10)).get(0).sequence();
        maintainAll(START + 100 * HOUR);
        assertThat(readAll(RequestQuery.all(ALWAYS, 10))).isEmpty();
        reopen(anHour);
        store.commit(batches.request("GET /a", START + 101 * HOUR, MILLI_NANOS).build());
        assertThat(readAll(RequestQuery.all(ALWAYS, 10)))
                .singleElement()
                .satisfies(request -> assertThat(request.sequence()).isGreaterThan(last));
    }
}
