package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.rollup.TimeRange;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrustedClockTest {

    private static final long DAY = 24 * TimeRange.HOUR;
    private static final long YEAR = 365 * DAY;

    private final ManualClock clock = new ManualClock();
    private final TrustedClock trusted = new TrustedClock(clock, clock.epochMicros());

    @Test
    void followsAClockThatRunsUndisturbed() {
        for (int hour = 0; hour < 100; hour++) {
            clock.advance(Duration.ofHours(1));
            assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
        }
    }

    @Test
    void followsAClockThatIsKeptInStep() {
        for (int minute = 0; minute < 3_000; minute++) {
            clock.advance(Duration.ofMinutes(1));
            clock.setEpochMicros(clock.epochMicros() + (minute % 3 - 1) * 500_000L);
            assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
        }
    }

    @Test
    void goesOnAsBeforeWhenTheClockJumpsAhead() {
        long before = clock.epochMicros();
        clock.setEpochMicros(before + YEAR);
        assertThat(trusted.epochMicros()).isEqualTo(before);
        clock.advance(Duration.ofHours(23));
        assertThat(trusted.epochMicros()).isEqualTo(before + 23 * TimeRange.HOUR);
    }

    @Test
    void believesAJumpThatHasLastedForADay() {
        clock.setEpochMicros(clock.epochMicros() + YEAR);
        trusted.epochMicros();
        clock.advance(Duration.ofDays(1));
        assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
    }

    @Test
    void everyJumpBeginsADayOfProbationAnew() {
        long before = clock.epochMicros();
        for (int jump = 1; jump <= 10; jump++) {
            clock.setEpochMicros(clock.epochMicros() + TimeRange.HOUR);
            trusted.epochMicros();
            clock.advance(Duration.ofHours(20));
            assertThat(trusted.epochMicros()).isEqualTo(before + jump * (20 * TimeRange.HOUR));
        }
    }

    @Test
    void trustsAtOnceAClockThatHasComeBack() {
        long begin = clock.epochMicros();
        clock.setEpochMicros(begin + YEAR);
        trusted.epochMicros();
        clock.advance(Duration.ofHours(1));
        clock.setEpochMicros(begin + TimeRange.HOUR);
        assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
        clock.setEpochMicros(begin + 2 * YEAR);
        clock.advance(Duration.ofMinutes(5));
        assertThat(trusted.epochMicros()).isEqualTo(begin + TimeRange.HOUR + 5 * TimeRange.MINUTE);
    }

    @Test
    void isNeverLaterThanTheWallClock() {
        clock.setEpochMicros(clock.epochMicros() - YEAR);
        assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
        clock.advance(Duration.ofHours(5));
        assertThat(trusted.epochMicros()).isEqualTo(clock.epochMicros());
    }

    @Test
    void beginsWithWhatTheStoreVouchesFor() {
        TrustedClock restarted = new TrustedClock(clock, clock.epochMicros() - 30 * DAY);
        clock.advance(Duration.ofHours(23));
        assertThat(restarted.epochMicros()).isEqualTo(clock.epochMicros() - 30 * DAY);
        clock.advance(Duration.ofHours(1));
        assertThat(restarted.epochMicros()).isEqualTo(clock.epochMicros());
    }
}
