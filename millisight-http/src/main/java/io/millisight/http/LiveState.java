package io.millisight.http;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.alert.Alert;
import io.millisight.health.HealthSummary;
import io.millisight.live.LiveSummary;
import java.util.List;

/**
 * What the live feed knows at one frame; a frame tells what differs from the one before.
 *
 * @param behindSinceNanos when the store last had everything, or made headway, on the monotonic clock
 */
record LiveState(
        long atNanos,
        LiveSummary summary,
        long inFlight,
        List<Alert> alerts,
        HealthSummary health,
        Ledger ledger,
        long behindSinceNanos) {

    static LiveState of(Millisight millisight) {
        long now = millisight.time().nanoTime();
        return new LiveState(
                now,
                millisight.summary(),
                millisight.inFlight().count(),
                millisight.alerts(),
                millisight.health().summary(),
                millisight.ledger(),
                now);
    }

    /** The present, as it follows on this. */
    LiveState next(Millisight millisight) {
        LiveState now = of(millisight);
        boolean stuck = now.ledger.pending() > 0 && now.ledger.stored() == ledger.stored();
        return stuck ? now.behindSince(behindSinceNanos) : now;
    }

    private LiveState behindSince(long nanos) {
        return new LiveState(atNanos, summary, inFlight, alerts, health, ledger, nanos);
    }

    /** How long the oldest request that is not stored has waited, as far as that shows: in seconds. */
    double lagSeconds() {
        return ledger.pending() == 0 ? 0 : (atNanos - behindSinceNanos) / 1e9;
    }

    /** Whether counting began anew in between: then there is nothing to compare with. */
    boolean continues(LiveState before) {
        return summary.sinceMicros() == before.summary.sinceMicros();
    }
}
