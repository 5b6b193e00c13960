package io.millisight.alert;

import io.millisight.live.SlowRequest;
import io.millisight.observe.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A latency spike.
 *
 * @param atMicros when it was raised
 * @param endpoint the endpoint that spiked, or null for the service as a whole
 * @param observedNanos the p99 that was judged
 * @param baselineNanos the learned p99 it was held against
 * @param thresholdNanos what it exceeded
 * @param factor how many baselines are a spike
 * @param requests how many requests were judged
 * @param samples some of the slowest requests that were judged, slowest first
 */
public record SpikeAlert(
        long atMicros,
        @Nullable Endpoint endpoint,
        double observedNanos,
        double baselineNanos,
        double thresholdNanos,
        double factor,
        long requests,
        List<SlowRequest> samples)
        implements Alert {

    public SpikeAlert {
        samples = List.copyOf(samples);
    }
}
