package io.millisight.benchmarks.recording;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The OpenTelemetry SDK's base-2 exponential histogram at its defaults, cumulative, with a reader that never collects. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
public class OpenTelemetryPeer {

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

    @State(Scope.Benchmark)
    public static class OpenTelemetry {
        private final Requests requests = new Requests();
        private final Attributes[] prebuilt = new Attributes[Requests.endpointCount()];
        private final SdkMeterProvider provider = SdkMeterProvider.builder()
                .registerMetricReader(new IdleReader())
                .registerView(
                        InstrumentSelector.builder()
                                .setName("http.server.request.duration")
                                .build(),
                        View.builder()
                                .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                                .build())
                .build();
        private final DoubleHistogram histogram = provider.get("benchmarks")
                .histogramBuilder("http.server.request.duration")
                .setUnit("s")
                .build();

        public OpenTelemetry() {
            for (int endpoint = 0; endpoint < prebuilt.length; endpoint++) {
                prebuilt[endpoint] = attributes(Requests.methodOf(endpoint), Requests.routeOf(endpoint));
            }
        }

        @TearDown(Level.Trial)
        public void close() {
            provider.close();
        }
    }

    private static Attributes attributes(String method, String route) {
        return Attributes.of(METHOD, method, ROUTE, route, STATUS, 200L);
    }

    @Benchmark
    public void built(OpenTelemetry state, Burst burst) {
        Requests requests = state.requests;
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            state.histogram.record(requests.durationNanos(i) / 1e9, attributes(requests.method(i), requests.route(i)));
        }
        burst.end();
    }

    @Benchmark
    public void prebuilt(OpenTelemetry state, Burst burst) {
        Requests requests = state.requests;
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            state.histogram.record(requests.durationNanos(i) / 1e9, state.prebuilt[requests.endpoint(i)]);
        }
        burst.end();
    }

    private static final class IdleReader implements MetricReader {

        @Override
        public void register(CollectionRegistration registration) {
            // Nobody collects while recording is measured.
        }

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }
    }
}
