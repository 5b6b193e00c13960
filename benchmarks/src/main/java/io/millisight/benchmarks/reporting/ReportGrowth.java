package io.millisight.benchmarks.reporting;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Curve;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.report.PerformanceReport;
import io.millisight.report.Reports;
import io.millisight.rollup.TimeRange;
import io.millisight.store.Retention;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a report takes the longer its range is, and the more endpoints there are. */
public final class ReportGrowth {

    private static final List<Integer> HOURS = List.of(1, 6, 24, 72, 168);
    private static final List<Integer> ENDPOINTS = List.of(1, 10, 100, 1_000, 2_000);
    private static final int HOURS_OF_ENDPOINTS = 24;

    /** A store filled for one point of the curve, and what is asked of it. */
    private record Filled(Store store, int endpoints, int hours) {

        /** Milliseconds of processor time for a report: all of it is done by who asks. */
        double ask(long nowMicros) throws Exception {
            TimeRange range = new TimeRange(nowMicros - hours * TimeRange.HOUR, nowMicros);
            PerformanceReport[] report = new PerformanceReport[1];
            Cost cost = Cost.of(
                    () -> report[0] = new Reports(store).performance(range, Scope.ofService(WeekOfRollups.SERVICE)));
            if (report[0].endpoints().size() != endpoints) {
                throw new IllegalStateException(report[0].endpoints().size() + " endpoints reported of " + endpoints);
            }
            return cost.cpuNanos() / 1e6;
        }
    }

    private ReportGrowth() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("growth");
        long now = System.currentTimeMillis() * 1_000;
        List<Store> open = new ArrayList<>();
        try {
            Progress.say("growth of a report: filling");
            List<Filled> byHours = new ArrayList<>();
            Store week = fill(folder, effort.reportHours(), WeekOfRollups.ENDPOINTS, now, open);
            for (int hours : HOURS) {
                if (hours < effort.reportHours()) {
                    byHours.add(new Filled(week, WeekOfRollups.ENDPOINTS, hours));
                }
            }
            byHours.add(new Filled(week, WeekOfRollups.ENDPOINTS, effort.reportHours()));
            List<Filled> byEndpoints = new ArrayList<>();
            int hours = Math.min(HOURS_OF_ENDPOINTS, effort.reportHours());
            for (int endpoints : ENDPOINTS) {
                byEndpoints.add(new Filled(fill(folder, hours, endpoints, now, open), endpoints, hours));
            }
            Map<Integer, Rounds> ofHours = new TreeMap<>();
            Map<Integer, Rounds> ofEndpoints = new TreeMap<>();
            for (int round = 0; round <= effort.growthRounds(); round++) {
                Progress.round("growth of a report", round, effort.growthRounds());
                for (Filled filled : byHours) {
                    add(ofHours, filled.hours(), round, ask(filled, now, effort));
                }
                for (Filled filled : byEndpoints) {
                    add(ofEndpoints, filled.endpoints(), round, ask(filled, now, effort));
                }
            }
            return Figures.of(
                    "growth-report",
                    List.of(
                            Curve.of(
                                    "growth-report-hours",
                                    "a report, " + WeekOfRollups.ENDPOINTS + " endpoints, CPU ms",
                                    "hours asked",
                                    ofHours),
                            Curve.of(
                                    "growth-report-endpoints",
                                    "a report, " + hours + " hours, CPU ms",
                                    "endpoints",
                                    ofEndpoints)));
        } finally {
            open.forEach(Store::close);
            Scratch.delete(folder);
        }
    }

    private static Store fill(Path folder, int hours, int endpoints, long nowMicros, List<Store> open) {
        Store store = SqliteStore.open(folder.resolve(open.size() + ".db"), Retention.defaults());
        open.add(store);
        new WeekOfRollups(hours, endpoints).fill(store, 1, nowMicros);
        return store;
    }

    private static List<Double> ask(Filled filled, long nowMicros, Effort effort) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < effort.reports(); i++) {
            millis.add(filled.ask(nowMicros));
        }
        return millis;
    }

    /** The round that warms up does not count. */
    private static void add(Map<Integer, Rounds> rounds, int at, int round, List<Double> millis) {
        if (round > 0) {
            rounds.computeIfAbsent(at, added -> new Rounds()).add(millis);
        }
    }
}
