package io.millisight.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.store.InMemoryStore;
import io.millisight.store.InstanceRecord;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.testkit.ManualClock;
import io.millisight.testkit.SharedMemoryStoreFactory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LifeSignTest {

    private final ManualClock clock = new ManualClock();
    private final Store store = new InMemoryStore(Retention.defaults());

    @Test
    void isGivenEachTimeWhereOthersLook() {
        LifeSign sign = new LifeSign(SharedMemoryStoreFactory.shared(store), clock, this::present);
        for (int time = 0; time < 3; time++) {
            sign.run();
            assertThat(given()).isEqualTo(present());
            clock.advance(Duration.ofSeconds(10));
        }
    }

    @Test
    void isGivenOnceAMinuteWhereNobodyLooks() {
        LifeSign sign = new LifeSign(store, clock, this::present);
        sign.run();
        InstanceRecord first = present();
        clock.advance(Duration.ofSeconds(59));
        sign.run();
        assertThat(given()).isEqualTo(first);
        clock.advance(Duration.ofSeconds(1));
        sign.run();
        assertThat(given()).isEqualTo(present());
    }

    @Test
    void theLastOneSaysSoAndEndsTheLife() {
        LifeSign sign = new LifeSign(store, clock, this::present);
        sign.run();
        assertThat(LifeSign.isAlive(given(), clock.epochMicros())).isTrue();
        sign.giveLast();
        assertThat(given()).isEqualTo(present().asLast());
        assertThat(LifeSign.isAlive(given(), clock.epochMicros())).isFalse();
    }

    @Test
    void silenceOfThirtySecondsOrAClockAheadByMoreIsNoLife() {
        InstanceRecord seen = present();
        long now = clock.epochMicros();
        assertThat(LifeSign.isAlive(seen, now + LifeSign.ALIVE_MICROS)).isTrue();
        assertThat(LifeSign.isAlive(seen, now + LifeSign.ALIVE_MICROS + 1)).isFalse();
        assertThat(LifeSign.isAlive(seen, now - LifeSign.ALIVE_MICROS)).isTrue();
        assertThat(LifeSign.isAlive(seen, now - LifeSign.ALIVE_MICROS - 1)).isFalse();
    }

    private InstanceRecord given() {
        assertThat(store.instances()).hasSize(1);
        return store.instances().get(0);
    }

    private InstanceRecord present() {
        return new InstanceRecord("shop", "1", "1", 0, clock.epochMicros(), false, 3, 1, 1, Map.of("torn", 1L));
    }
}
