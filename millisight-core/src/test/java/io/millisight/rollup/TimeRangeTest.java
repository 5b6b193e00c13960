package io.millisight.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeRangeTest {

    @Test
    void widensToWholeMinutes() {
        assertThat(new TimeRange(61_000_000, 119_000_001).wholeMinutes()).isEqualTo(minutes(1, 2));
        assertThat(new TimeRange(1, TimeRange.MINUTE + 1).wholeMinutes()).isEqualTo(minutes(0, 2));
        assertThat(minutes(3, 5).wholeMinutes()).isEqualTo(minutes(3, 5));
        assertThat(new TimeRange(-1, 1).wholeMinutes()).isEqualTo(minutes(-1, 1));
    }

    @Test
    void holdsItsBeginButNotItsEnd() {
        TimeRange range = new TimeRange(10, 20);

        assertThat(range.contains(9)).isFalse();
        assertThat(range.contains(10)).isTrue();
        assertThat(range.contains(19)).isTrue();
        assertThat(range.contains(20)).isFalse();
        assertThat(new TimeRange(10, 10).contains(10)).isFalse();
    }

    @Test
    void refusesToEndBeforeItBegins() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TimeRange(2, 1))
                .withMessageContaining("from: 2");
    }

    @Test
    void saysItsLengthAlsoOverAnyTime() {
        assertThat(new TimeRange(5, 1_000_005).length()).isEqualTo(Duration.ofSeconds(1));
        assertThat(minutes(0, 60).length()).isEqualTo(Duration.ofHours(1));
        assertThat(new TimeRange(0, Long.MAX_VALUE).length()).isGreaterThan(Duration.ofDays(100_000_000));
    }

    @Test
    void instantsAreExactToTheMicrosecondOnBothSidesOf1970() {
        assertThat(TimeRange.instant(1_795_000_000_000_001L))
                .isEqualTo(Instant.ofEpochSecond(1_795_000_000).plusNanos(1_000));
        assertThat(TimeRange.instant(-1)).isEqualTo(Instant.EPOCH.minusNanos(1_000));
    }

    private static TimeRange minutes(long from, long to) {
        return new TimeRange(from * TimeRange.MINUTE, to * TimeRange.MINUTE);
    }
}
