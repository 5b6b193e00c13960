package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What was found of one subject. */
final class Measured {

    /**
     * One turn under load.
     *
     * @param cpuMicros processor time a request
     * @param bytes allocated a request
     * @param perSecond requests a second, as fast as they are answered
     * @param latencies in nanoseconds, at a fixed rate
     */
    record Turn(double cpuMicros, double bytes, double perSecond, Histogram latencies) {

        double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    final Subject subject;
    final List<Double> startSeconds = new ArrayList<>();
    final List<Turn> turns = new ArrayList<>();
    double memoryBytes;
    double idleMillisPerSecond;

    Measured(Subject subject) {
        this.subject = subject;
    }

    double median(ToDoubleFunction<Turn> figure) {
        return Median.of(turns.stream().map(figure::applyAsDouble).toList());
    }

    /** Processor time over that of another, each round by itself. */
    List<Double> cpuOver(Measured other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            ratios.add(turns.get(i).cpuMicros() / other.turns.get(i).cpuMicros());
        }
        return ratios;
    }
}
