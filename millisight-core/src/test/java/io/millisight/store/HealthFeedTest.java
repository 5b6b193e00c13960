package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millisight.health.CheckState;
import io.millisight.health.HealthStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthFeedTest {

    private static final long MINUTE = 60_000_000L;
    private static final long START = 1_000 * MINUTE;

    private final HealthFeed feed = new HealthFeed("shop", "shop-1");

    @Test
    void everyTurnIsKept() {
        checked("database", HealthStatus.UNKNOWN, HealthStatus.HEALTHY, START);
        checked("database", HealthStatus.HEALTHY, HealthStatus.DOWN, START + 1);
        checked("database", HealthStatus.DOWN, HealthStatus.HEALTHY, START + 2);

        assertThat(feed.waiting())
                .extracting(HealthRecord::status)
                .containsExactly(HealthStatus.HEALTHY, HealthStatus.DOWN, HealthStatus.HEALTHY);
    }

    @Test
    void ofWhatStaysASampleAMinuteIsKept() {
        checked("database", HealthStatus.UNKNOWN, HealthStatus.HEALTHY, START);
        for (int second = 1; second < 180; second++) {
            checked("database", HealthStatus.HEALTHY, HealthStatus.HEALTHY, START + second * 1_000_000L);
        }
        checked("redis", HealthStatus.HEALTHY, HealthStatus.HEALTHY, START);

        assertThat(feed.waiting())
                .extracting(record -> record.check() + " " + (record.checkedAtMicros() - START) / MINUTE)
                .containsExactly("database 0", "database 1", "database 2", "redis 0");
    }

    @Test
    void aRecordSaysWhoFoundWhatAndUntilWhenItCounts() {
        checked("database", HealthStatus.UNKNOWN, HealthStatus.DOWN, START);

        assertThat(feed.waiting())
                .containsExactly(new HealthRecord(
                        "shop",
                        "shop-1",
                        "database",
                        HealthStatus.DOWN,
                        START,
                        START + 3 * MINUTE,
                        7,
                        "why",
                        "{\"pool\":3}"));
    }

    @Test
    void aCheckThatRunsSeldomCountsForThreeOfItsIntervals() {
        CheckState now = new CheckState(
                "a",
                false,
                Duration.ofHours(1),
                HealthStatus.HEALTHY,
                0,
                HealthStatus.HEALTHY,
                null,
                Map.of(),
                1,
                START,
                false);
        feed.checked(now, now);

        assertThat(feed.waiting().get(0).knownUntilMicros()).isEqualTo(START + 180 * MINUTE);
    }

    @Test
    void whatIsStoredWaitsNoMore() {
        checked("a", HealthStatus.UNKNOWN, HealthStatus.HEALTHY, START);
        List<HealthRecord> attempted = feed.waiting();
        checked("b", HealthStatus.UNKNOWN, HealthStatus.HEALTHY, START);
        feed.stored(attempted);

        assertThat(feed.waiting()).extracting(HealthRecord::check).containsExactly("b");
    }

    @Test
    void tooMuchThatWaitsGivesUpTheOldestAndCountsIt() {
        for (int i = 0; i < HealthFeed.MOST_WAITING + 5; i++) {
            checked("a", HealthStatus.HEALTHY, HealthStatus.DOWN, START + i);
        }
        assertThat(feed.waiting()).hasSize(HealthFeed.MOST_WAITING);
        assertThat(feed.waiting().get(0).checkedAtMicros()).isEqualTo(START + 5);
        assertThat(feed.givenUp()).isEqualTo(5);
    }

    @Test
    void storingWhatWasGivenUpMeanwhileForgetsNothingElse() {
        for (int i = 0; i < HealthFeed.MOST_WAITING; i++) {
            checked("a", HealthStatus.HEALTHY, HealthStatus.DOWN, START + i);
        }
        List<HealthRecord> attempted = feed.waiting();
        checked("a", HealthStatus.HEALTHY, HealthStatus.DOWN, START + HealthFeed.MOST_WAITING);
        feed.stored(attempted);

        assertThat(feed.waiting()).hasSize(1);
    }

    @Test
    void detailsAreOneJsonObjectWhateverTheySay() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("a\"b", "c\\d\n\u001b\ud800é");
        details.put("n", 3L);
        details.put("d", 0.5);
        details.put("f", true);

        assertThat(DetailsJson.of(details))
                .isEqualTo("{\"a\\\"b\":\"c\\\\d\\u000a\\u001b\\ud800é\",\"n\":3,\"d\":0.5,\"f\":true}");
        assertThat(DetailsJson.of(Map.of())).isEqualTo("{}");
        assertThat(DetailsJson.of(Map.of("list", List.of(Map.of("a", 1), Map.of("b", "c")))))
                .isEqualTo("{\"list\":[{\"a\":1},{\"b\":\"c\"}]}");
        assertThat(DetailsJson.of(Map.of("list", List.of()))).isEqualTo("{\"list\":[]}");
    }

    @Test
    void aRecordCountsForFourHoursAtMost() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HealthRecord(
                        "s", "i", "c", HealthStatus.DOWN, 0, HealthRecord.MAX_KNOWN_MICROS + 1, 0, null, "{}"))
                .withMessageStartingWith("health record of c, known for");
    }

    private void checked(String name, HealthStatus before, HealthStatus now, long atMicros) {
        feed.checked(state(name, before, 0), state(name, now, atMicros));
    }

    static CheckState state(String name, HealthStatus status, long atMicros) {
        return new CheckState(
                name, false, Duration.ofSeconds(10), status, 0, status, "why", Map.of("pool", 3L), 7, atMicros, false);
    }
}
