package io.millisight.benchmarks.recording;

import com.codahale.metrics.MetricRegistry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Libraries that count latencies in the process, set up as their documentation recommends, fed with the same requests.
 * None of them stores a request. OpenTelemetry: {@link OpenTelemetryPeer}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
public class Peers {

    /** HdrHistogram, three digits up to an hour: one histogram, no look-up by endpoint. */
    @State(Scope.Benchmark)
    public static class Hdr {
        private final Requests requests = new Requests();
        private final Recorder recorder = new Recorder(TimeUnit.HOURS.toNanos(1), 3);
    }

    /** Micrometer with its simple registry: count, total and maximum by endpoint. */
    @State(Scope.Benchmark)
    public static class MicrometerSimple {
        private final Requests requests = new Requests();
        private final Meter.MeterProvider<Timer> timers = timers(new SimpleMeterRegistry());

        private static Meter.MeterProvider<Timer> timers(MeterRegistry registry) {
            return Timer.builder("http.server.requests").withRegistry(registry);
        }
    }

    /** Micrometer with the Prometheus registry and its percentile histogram. */
    @State(Scope.Benchmark)
    public static class MicrometerPrometheus {
        private final Requests requests = new Requests();
        private final Meter.MeterProvider<Timer> timers = Timer.builder("http.server.requests")
                .publishPercentileHistogram()
                .withRegistry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    /** The Prometheus client's native histogram, its resolution as shipped. */
    @State(Scope.Benchmark)
    public static class PrometheusNative {
        private final Requests requests = new Requests();
        private final Histogram histogram = Histogram.builder()
                .name("http_server_request_duration_seconds")
                .unit(Unit.SECONDS)
                .nativeOnly()
                .labelNames("method", "route", "status")
                .build();
    }

    /** The same, each endpoint's data point found beforehand, as its documentation recommends where every nanosecond counts. */
    @State(Scope.Benchmark)
    public static class PrometheusKept {
        private final Requests requests = new Requests();
        private final DistributionDataPoint[] points = new DistributionDataPoint[Requests.endpointCount()];

        public PrometheusKept() {
            Histogram histogram = new PrometheusNative().histogram;
            for (int endpoint = 0; endpoint < points.length; endpoint++) {
                points[endpoint] =
                        histogram.labelValues(Requests.methodOf(endpoint), Requests.routeOf(endpoint), "200");
            }
        }
    }

    /** The Prometheus client's classic histogram, its buckets as shipped. */
    @State(Scope.Benchmark)
    public static class PrometheusClassic {
        private final Requests requests = new Requests();
        private final Histogram histogram = Histogram.builder()
                .name("http_server_request_duration_seconds")
                .unit(Unit.SECONDS)
                .classicOnly()
                .labelNames("method", "route", "status")
                .build();
    }

    /** Dropwizard's timer with its default reservoir, looked up by name; it has no labels. */
    @State(Scope.Benchmark)
    public static class Dropwizard {
        private final Requests requests = new Requests();
        private final MetricRegistry registry = new MetricRegistry();
    }

    /** The specification's first form: a lock, the last 1,000 samples, sorted for the p99 at every request. */
    @State(Scope.Benchmark)
    public static class DequeAndSort {
        private final Requests requests = new Requests();
        private final ArrayDeque<Double> samples = new ArrayDeque<>();

        synchronized double record(double millis) {
            if (samples.size() == 1_000) {
                samples.removeFirst();
            }
            samples.addLast(millis);
            Double[] sorted = samples.toArray(new Double[0]);
            Arrays.sort(sorted);
            return sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        }
    }

    @Benchmark
    public void hdrRecorder(Hdr state, Burst burst) {
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            state.recorder.recordValue(state.requests.durationNanos(i));
        }
        burst.end();
    }

    @Benchmark
    public void micrometerSimple(MicrometerSimple state, Burst burst) {
        burst.begin();
        record(state.timers, state.requests);
        burst.end();
    }

    @Benchmark
    public void micrometerPrometheus(MicrometerPrometheus state, Burst burst) {
        burst.begin();
        record(state.timers, state.requests);
        burst.end();
    }

    private static void record(Meter.MeterProvider<Timer> timers, Requests requests) {
        for (int i = 0; i < Burst.SIZE; i++) {
            timers.withTags("method", requests.method(i), "uri", requests.route(i), "status", "200")
                    .record(requests.durationNanos(i), TimeUnit.NANOSECONDS);
        }
    }

    @Benchmark
    public void prometheusNative(PrometheusNative state, Burst burst) {
        burst.begin();
        observe(state.histogram, state.requests);
        burst.end();
    }

    @Benchmark
    public void prometheusClassic(PrometheusClassic state, Burst burst) {
        burst.begin();
        observe(state.histogram, state.requests);
        burst.end();
    }

    private static void observe(Histogram histogram, Requests requests) {
        for (int i = 0; i < Burst.SIZE; i++) {
            histogram
                    .labelValues(requests.method(i), requests.route(i), "200")
                    .observe(Unit.nanosToSeconds(requests.durationNanos(i)));
        }
    }

    @Benchmark
    public void prometheusKept(PrometheusKept state, Burst burst) {
        Requests requests = state.requests;
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            state.points[requests.endpoint(i)].observe(Unit.nanosToSeconds(requests.durationNanos(i)));
        }
        burst.end();
    }

    @Benchmark
    public void dropwizard(Dropwizard state, Burst burst) {
        Requests requests = state.requests;
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            state.registry
                    .timer(MetricRegistry.name(requests.method(i), requests.route(i), "200"))
                    .update(requests.durationNanos(i), TimeUnit.NANOSECONDS);
        }
        burst.end();
    }

    @Benchmark
    @OperationsPerInvocation(Burst.SHORT)
    public double dequeAndSort(DequeAndSort state, Burst burst) {
        double worst = 0;
        burst.begin();
        for (int i = 0; i < Burst.SHORT; i++) {
            worst = Math.max(worst, state.record(state.requests.durationNanos(i) / 1e6));
        }
        burst.end(Burst.SHORT);
        return worst;
    }
}
