package io.millisight.fleet;

import io.millisight.alert.SpikeAlert;
import io.millisight.live.SlowRequest;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.SketchSnapshot;
import io.millisight.store.DetailsJson;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.StoredRequest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What explains a spike of the fleet: some of its slowest requests, and all figures as one JSON object. */
final class FleetSamples {

    private static final int SAMPLES = 3;

    /** More than a hundredth of what one instance answers in a minute; of a larger fleet the newest are looked at. */
    private static final int LOOKED_AT = 1_000;

    private FleetSamples() {}

    /** The alert with requests of its minute that were at least as long as its p99; without, when the store has none. */
    static SpikeAlert addTo(SpikeAlert spike, Store store, String service) {
        TimeRange minute = new TimeRange(spike.atMicros() - TimeRange.MINUTE, spike.atMicros());
        long least = (long) (spike.observedNanos() * (1 - 2 * SketchSnapshot.RELATIVE_ERROR));
        List<SlowRequest> samples;
        try {
            RequestQuery query = new RequestQuery(
                    minute,
                    Scope.ofService(service),
                    spike.endpoint(),
                    least,
                    Long.MAX_VALUE,
                    0,
                    999,
                    null,
                    LOOKED_AT,
                    null);
            samples = store.requests(query).requests().stream()
                    .filter(request -> !request.stream())
                    .sorted(Comparator.comparingLong(StoredRequest::durationNanos)
                            .reversed())
                    .limit(SAMPLES)
                    .map(FleetSamples::sample)
                    .toList();
        } catch (StoreException e) {
            samples = List.of(); // An alert without samples is better than none.
        }
        return new SpikeAlert(
                spike.atMicros(),
                spike.endpoint(),
                spike.observedNanos(),
                spike.baselineNanos(),
                spike.thresholdNanos(),
                spike.factor(),
                spike.requests(),
                samples);
    }

    /** Neither path nor user: an alert is kept for longer than requests are. */
    private static SlowRequest sample(StoredRequest request) {
        return new SlowRequest(
                request.endpoint(),
                null,
                request.status(),
                request.outcome(),
                request.completedAtMicros(),
                request.durationNanos(),
                null);
    }

    static String details(SpikeAlert spike) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("observed_ms", millis(Math.round(spike.observedNanos())));
        details.put("baseline_ms", millis(Math.round(spike.baselineNanos())));
        details.put("threshold_ms", millis(Math.round(spike.thresholdNanos())));
        details.put("requests", spike.requests());
        details.put(
                "samples", spike.samples().stream().map(FleetSamples::fields).toList());
        return DetailsJson.of(details);
    }

    private static Map<String, Object> fields(SlowRequest request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("endpoint", request.endpoint().name());
        fields.put("duration_ms", millis(request.durationNanos()));
        fields.put("timestamp", TimeRange.instant(request.completedAtMicros()).toString());
        fields.put("status", request.status());
        fields.put("outcome", request.outcome().name().toLowerCase(Locale.ROOT));
        return fields;
    }

    private static BigDecimal millis(long nanos) {
        return BigDecimal.valueOf(nanos, 6).setScale(2, RoundingMode.HALF_UP);
    }
}
