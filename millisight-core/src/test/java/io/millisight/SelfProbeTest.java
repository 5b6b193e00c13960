package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelfProbeTest {

    private long dropped;
    private long healthDropped;
    private double fill;
    private boolean away;

    @Test
    void allWellIsHealthyWithItsFigures() {
        HealthResult result = ask(probe(null));

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.details())
                .containsEntry("store_away", false)
                .containsEntry("journal_fill", 0.0)
                .containsEntry("seen", 10L)
                .containsEntry("stored", 7L)
                .containsEntry("pending", 3L)
                .containsEntry("dropped", 0L);
    }

    @Test
    void whatWasDroppedSinceTheLastRunIsSaidOnce() {
        SelfProbe probe = probe(null);
        dropped = 4;
        healthDropped = 1;
        assertThat(ask(probe).status()).isEqualTo(HealthStatus.DEGRADED);

        HealthResult next = ask(probe);
        assertThat(next.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(next.details()).containsEntry("dropped", 5L);

        dropped = 6;
        assertThat(ask(probe).message()).isEqualTo("2 observations dropped since the last run");
    }

    @Test
    void aStoreThatIsAwayIsDegraded() {
        away = true;
        assertThat(ask(probe(null)).message()).isEqualTo("the store is away; requests wait in the journal");
    }

    @Test
    void aJournalThatFillsIsDegraded() {
        fill = 0.61;
        assertThat(ask(probe(null)).message()).isEqualTo("the journal is 61 % full");
    }

    @Test
    void memoryInPlaceOfTheStoreThatWasAskedForIsDegraded() {
        HealthResult result = ask(probe("in memory (data-dir /x cannot be used)"));
        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message()).isEqualTo("nothing outlives the process: in memory (data-dir /x cannot be used)");
    }

    private SelfProbe probe(@Nullable String inMemory) {
        return new SelfProbe(
                () -> new Ledger(10, 7, 3, Map.of("torn", dropped)),
                () -> fill,
                () -> away,
                () -> healthDropped,
                inMemory);
    }

    private static HealthResult ask(SelfProbe probe) {
        return probe.check(Duration.ofSeconds(1));
    }
}
