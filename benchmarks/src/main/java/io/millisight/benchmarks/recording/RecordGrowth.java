package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Curve;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one record costs the more endpoints there are, and the more threads. */
public final class RecordGrowth {

    private static final List<Integer> ENDPOINTS = List.of(1, 10, 100, 1_000, 2_000);
    private static final List<Integer> THREADS = List.of(1, 2, 4, 8);

    private RecordGrowth() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) {
        Map<Integer, Rounds> byEndpoints = new TreeMap<>();
        Map<Integer, Rounds> byThreads = new TreeMap<>();
        for (int round = 0; round <= effort.growthRounds(); round++) {
            Progress.round("growth of a record", round, effort.growthRounds());
            for (int endpoints : ENDPOINTS) {
                List<Double> nanos = record(new Requests(endpoints), 1, effort.reports());
                add(byEndpoints, endpoints, round, nanos);
            }
            for (int threads : THREADS) {
                List<Double> nanos = record(new Requests(), threads, effort.reports());
                add(byThreads, threads, round, nanos);
            }
        }
        return Figures.of(
                "growth-record",
                List.of(
                        Curve.of("growth-record-endpoints", "one record, CPU ns", "endpoints", byEndpoints),
                        Curve.of("growth-record-threads", "one record, CPU ns", "threads", byThreads)));
    }

    /** The round that warms up does not count. */
    private static void add(Map<Integer, Rounds> rounds, int at, int round, List<Double> nanos) {
        if (round > 0) {
            rounds.computeIfAbsent(at, added -> new Rounds()).add(nanos);
        }
    }

    /** Processor time of one record, burst by burst. */
    private static List<Double> record(Requests requests, int threads, int bursts) {
        Monitored monitored = new Monitored(requests);
        Crowd crowd = new Crowd(threads);
        monitored.start();
        crowd.start();
        List<Double> nanos = new ArrayList<>();
        for (int i = -bursts / 2; i < bursts; i++) {
            monitored.emptyRing();
            monitored.willRecord(threads);
            Burst burst = new Burst();
            crowd.record(monitored::plain, burst);
            if (i >= 0) {
                nanos.add((double) burst.cpuNanos / burst.records);
            }
        }
        crowd.stop();
        monitored.stop();
        return nanos;
    }
}
