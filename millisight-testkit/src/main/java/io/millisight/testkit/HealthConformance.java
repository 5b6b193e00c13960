package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthStatus;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.Retention;
import io.millisight.store.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The history of health checks: kept as it was found, told apart by service, instance and check, and ended by age. */
abstract class HealthConformance extends RetentionConformance {

    private static final long KNOWN = 3 * MINUTE;

    @Test
    void healthIsReadAsItWasFoundOldestFirst() {
        HealthRecord down = new HealthRecord(
                "shop",
                "shop-1",
                "database",
                HealthStatus.DOWN,
                START + MINUTE,
                START + MINUTE + KNOWN,
                5_000_000_000L,
                "no answer: \"quoted\" é😀",
                "{\"pool\":10,\"url\":\"a\\\"b\"}");
        HealthRecord healthy = healthRecord("shop", "shop-1", "database", START, HealthStatus.HEALTHY);
        store.addHealth(List.of(down, healthy));

        assertThat(healthOf("shop")).containsExactly(healthy, down);
    }

    @Test
    void everyStatusIsKept() {
        for (HealthStatus status : HealthStatus.values()) {
            store.addHealth(List.of(healthRecord("shop", "shop-1", status.word(), START, status)));
        }
        assertThat(healthOf("shop")).extracting(HealthRecord::status).containsExactlyInAnyOrder(HealthStatus.values());
    }

    @Test
    void healthStoredTwiceIsThereOnce() {
        HealthRecord record = healthRecord("shop", "shop-1", "database", START, HealthStatus.HEALTHY);
        store.addHealth(List.of(record));
        store.addHealth(List.of(record, healthRecord("shop", "shop-1", "database", START + 1, HealthStatus.DOWN)));

        assertThat(healthOf("shop")).hasSize(2).first().isEqualTo(record);
    }

    @Test
    void healthOfSeveralServicesInstancesAndChecksIsToldApart() {
        for (String service : List.of("shop", "billing")) {
            for (String instance : List.of("1", "2")) {
                for (String check : List.of("database", "redis")) {
                    store.addHealth(List.of(healthRecord(service, instance, check, START, HealthStatus.HEALTHY)));
                }
            }
        }
        assertThat(healthOf("shop")).hasSize(4).allMatch(record -> record.service()
                .equals("shop"));
        assertThat(health("shop", ALWAYS, "redis"))
                .extracting(HealthRecord::instance)
                .containsExactlyInAnyOrder("1", "2");
        assertThat(health("shop", ALWAYS, "nothing")).isEmpty();
    }

    @Test
    void aRangeHasWhatSaysSomethingAboutItAlsoFromBeforeItsBegin() {
        for (int minute = 0; minute < 10; minute++) {
            store.addHealth(
                    List.of(healthRecord("shop", "shop-1", "database", START + minute * MINUTE, HealthStatus.HEALTHY)));
        }
        assertThat(health("shop", new TimeRange(START + 5 * MINUTE, START + 7 * MINUTE), null))
                .extracting(record -> (record.checkedAtMicros() - START) / MINUTE)
                .containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void healthEndsByAge() {
        Duration long3000 = Duration.ofDays(3_000);
        reopen(new Retention(long3000, 1L << 40, long3000, long3000, Duration.ofHours(2)));
        List<HealthRecord> records = new ArrayList<>();
        for (int minute = 0; minute < 60 * 60; minute++) {
            records.add(healthRecord("shop", "shop-1", "database", START + minute * MINUTE, HealthStatus.HEALTHY));
        }
        store.addHealth(records);
        long now = START + 60 * HOUR;
        int steps = maintainAll(now);

        assertThat(steps).as("in small steps").isGreaterThan(2);
        assertThat(healthOf("shop")).hasSize(120).allMatch(record -> record.checkedAtMicros() >= now - 2 * HOUR);
    }

    /** All that is known of a service's health. */
    List<HealthRecord> healthOf(String service) {
        return health(service, ALWAYS, null);
    }

    private List<HealthRecord> health(String service, TimeRange range, @Nullable String check) {
        List<HealthRecord> found = new ArrayList<>();
        store.health(new HealthQuery(Scope.ofService(service), range, check), found::add);
        return found;
    }

    static HealthRecord healthRecord(
            String service, String instance, String check, long checkedAtMicros, HealthStatus status) {
        return new HealthRecord(
                service, instance, check, status, checkedAtMicros, checkedAtMicros + KNOWN, 1_000_000, null, "{}");
    }
}
