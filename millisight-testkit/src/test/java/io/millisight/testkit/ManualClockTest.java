package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualClockTest {

    private final ManualClock clock = new ManualClock();

    @Test
    void movesBothClocksTogether() {
        long wall = clock.epochMicros();
        long nanos = clock.nanoTime();
        clock.advance(Duration.ofMillis(3));
        assertThat(clock.epochMicros() - wall).isEqualTo(3_000);
        assertThat(clock.nanoTime() - nanos).isEqualTo(3_000_000);
    }

    @Test
    void wallTimeJumpsAloneAndEitherWay() {
        long nanos = clock.nanoTime();
        clock.setEpochMicros(-5);
        assertThat(clock.epochMicros()).isEqualTo(-5);
        assertThat(clock.nanoTime()).isEqualTo(nanos);
    }
}
