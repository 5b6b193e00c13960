package io.millisight;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the monitor itself is: whether it stores, how full its journal is, and whether anything has been dropped since the
 * last run. At worst degraded: it is never a reason to take the service away.
 */
final class SelfProbe implements HealthProbe {

    /** From here on the store does not keep up; from 75 % on single requests are given up. */
    private static final double NEARLY_FULL = 0.5;

    private final Supplier<Ledger> ledger;
    private final DoubleSupplier fill;
    private final Supplier<Boolean> storeAway;
    private final LongSupplier healthDropped;
    private final @Nullable String inMemory;
    private long droppedBefore;

    /** @param inMemory why what is recorded ends with the process although a store was asked for, or null */
    SelfProbe(
            Supplier<Ledger> ledger,
            DoubleSupplier fill,
            Supplier<Boolean> storeAway,
            LongSupplier healthDropped,
            @Nullable String inMemory) {
        this.ledger = ledger;
        this.fill = fill;
        this.storeAway = storeAway;
        this.healthDropped = healthDropped;
        this.inMemory = inMemory;
    }

    @Override
    public HealthResult check(Duration timeout) {
        Ledger counts = ledger.get();
        double full = fill.getAsDouble();
        boolean away = storeAway.get();
        long dropped =
                counts.dropped().values().stream().mapToLong(Long::longValue).sum() + healthDropped.getAsLong();
        long newlyDropped = dropped - droppedBefore;
        droppedBefore = dropped;
        return judge(full, away, newlyDropped)
                .with("store_away", away)
                .with("journal_fill", Math.round(full * 1e4) / 1e4)
                .with("seen", counts.seen())
                .with("stored", counts.stored())
                .with("pending", counts.pending())
                .with("dropped", dropped);
    }

    private HealthResult judge(double full, boolean away, long newlyDropped) {
        if (newlyDropped > 0) {
            return HealthResult.degraded(newlyDropped + " observations dropped since the last run");
        }
        if (away) {
            return HealthResult.degraded("the store is away; requests wait in the journal");
        }
        if (inMemory != null) {
            return HealthResult.degraded("nothing outlives the process: " + inMemory);
        }
        if (full >= NEARLY_FULL) {
            return HealthResult.degraded("the journal is " + Math.round(full * 100) + " % full");
        }
        return HealthResult.healthy();
    }
}
