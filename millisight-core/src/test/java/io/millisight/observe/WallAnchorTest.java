package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WallAnchorTest {

    private final ManualClock clock = new ManualClock(1_000_000);

    @Test
    void placesMonotonicInstantsOnTheWallClock() {
        clock.advance(Duration.ofSeconds(5));
        WallAnchor anchor = new WallAnchor(clock);
        assertThat(anchor.epochNanos(clock.nanoTime())).isEqualTo(6_000_000_000L);
        assertThat(anchor.epochNanos(clock.nanoTime() - 123)).isEqualTo(6_000_000_000L - 123);
        clock.advance(Duration.ofHours(3));
        assertThat(anchor.epochNanos(clock.nanoTime())).isEqualTo(clock.epochMicros() * 1_000);
    }

    @Test
    void followsTheWallClockWhenItJumpsEitherWay() {
        WallAnchor anchor = new WallAnchor(clock);
        for (long jumped : new long[] {9_000_000_000L, 2_000}) {
            clock.setEpochMicros(jumped);
            assertThat(anchor.epochNanos(clock.nanoTime())).isNotEqualTo(jumped * 1_000);
            anchor.refresh();
            assertThat(anchor.epochNanos(clock.nanoTime())).isEqualTo(jumped * 1_000);
        }
    }

    @Test
    void doesNotFollowTheNoiseOfReadingBothClocks() {
        WallAnchor anchor = new WallAnchor(clock);
        clock.setEpochMicros(1_000_900);
        anchor.refresh();
        assertThat(anchor.epochNanos(clock.nanoTime())).isEqualTo(1_000_000_000L);
    }

    @Test
    void looksAgainWhenTimePassesBetweenTheTwoClocks() {
        TimeSource interrupted = new TimeSource() {
            private int reads;

            @Override
            public long epochMicros() {
                if (reads++ == 0) {
                    clock.advance(Duration.ofMillis(50));
                }
                return clock.epochMicros();
            }

            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }
        };
        WallAnchor anchor = new WallAnchor(interrupted);
        assertThat(anchor.epochNanos(clock.nanoTime())).isEqualTo(clock.epochMicros() * 1_000);
    }

    @Test
    void takesTheMiddleWhenTheClocksAreNeverReadTogether() {
        TimeSource slow = new TimeSource() {
            @Override
            public long epochMicros() {
                clock.advance(Duration.ofMillis(50));
                return clock.epochMicros();
            }

            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }
        };
        WallAnchor anchor = new WallAnchor(slow);
        assertThat(anchor.epochNanos(clock.nanoTime()) - clock.epochMicros() * 1_000)
                .isEqualTo(Duration.ofMillis(25).toNanos());
    }

    @Test
    void readsTheMachinesClocks() {
        long before = System.currentTimeMillis();
        long micros = TimeSource.SYSTEM.epochMicros();
        long after = System.currentTimeMillis();
        assertThat(micros / 1_000).isBetween(before, after);
        assertThat(TimeSource.SYSTEM.nanoTime() - System.nanoTime()).isLessThanOrEqualTo(0);
    }
}
