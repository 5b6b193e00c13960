package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** What was found of one subject, round by round. */
final class Measured {

    /**
     * One round.
     *
     * @param startSeconds from the start of its JVM to its first answer
     * @param cpuMicros processor time a request, turn by turn
     * @param bytes allocated a request
     * @param perSecond requests a second, as fast as they are answered
     * @param latencies in nanoseconds, at a fixed rate
     * @param memoryMegabytes kept in memory after that
     * @param idleMillis processor time a second, left alone
     */
    record Round(
            double startSeconds,
            List<Double> cpuMicros,
            double bytes,
            double perSecond,
            Histogram latencies,
            double memoryMegabytes,
            double idleMillis) {

        double cpu() {
            return Median.of(cpuMicros);
        }

        /** Processor time over that of another in the same turn: what slows the machine for a while slows both. */
        double cpuOver(Round other) {
            return Median.of(IntStream.range(0, cpuMicros.size())
                    .mapToObj(turn -> cpuMicros.get(turn) / other.cpuMicros.get(turn))
                    .toList());
        }

        double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    private final Subject subject;
    private final List<Round> rounds = new ArrayList<>();

    Measured(Subject subject) {
        this.subject = subject;
    }

    Subject subject() {
        return subject;
    }

    void add(Round round) {
        rounds.add(round);
    }

    double median(ToDoubleFunction<Round> figure) {
        return Median.of(rounds.stream().map(figure::applyAsDouble).toList());
    }

    /** Processor time over that of another, round by round. */
    List<Double> cpuOver(Measured other) {
        return IntStream.range(0, rounds.size())
                .mapToObj(i -> rounds.get(i).cpuOver(other.rounds.get(i)))
                .toList();
    }

    /** The median of by how much more a figure is than that of another in the same round. */
    double over(Measured other, ToDoubleFunction<Round> figure) {
        return Median.of(IntStream.range(0, rounds.size())
                .mapToObj(i -> figure.applyAsDouble(rounds.get(i)) - figure.applyAsDouble(other.rounds.get(i)))
                .toList());
    }
}
