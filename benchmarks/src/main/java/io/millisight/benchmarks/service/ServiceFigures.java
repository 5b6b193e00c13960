package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Median;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A whole service with and without what watches it: all of them at the same time, one after the other under load. */
public final class ServiceFigures {

    private ServiceFigures() {}

    /** Takes all figures, on the JDK that this process runs on. */
    public static Figures take(Effort effort) throws Exception {
        List<List<Subject>> subjects = effort.servicePeers() ? Subject.groups() : List.of(Subject.few());
        List<List<Measured>> groups = subjects.stream()
                .map(group -> group.stream().map(Measured::new).toList())
                .toList();
        try (Load load = new Load();
                OtlpSink sink = new OtlpSink()) {
            for (int round = 1; round <= effort.serviceRounds(); round++) {
                Progress.round("service", round, effort.serviceRounds());
                round(groups.stream().flatMap(List::stream).toList(), effort, load, sink);
            }
            if (effort.servicePeers() && sink.bytes() == 0) {
                throw new IllegalStateException("the OpenTelemetry agent has exported nothing");
            }
        }
        return new Figures(Runtime.version().feature() < 21 ? "service" : "service-virtual", table(groups));
    }

    /** New JVMs each round: what one happens to compile in which way makes more of a difference than one turn to the next. */
    private static void round(List<Measured> all, Effort effort, Load load, OtlpSink sink) throws Exception {
        List<Stay> stays = new ArrayList<>();
        try {
            for (Measured each : all) {
                stays.add(new Stay(each.subject(), effort, load, sink));
            }
            for (Stay stay : stays) {
                stay.warmUp();
            }
            // There and back again: or else the first would always come behind an agent that is still exporting.
            List<Stay> order = new ArrayList<>(stays);
            for (int turn = 0; turn < effort.serviceTurns(); turn++) {
                for (Stay stay : order) {
                    stay.turn();
                }
                Collections.reverse(order);
            }
            for (Stay stay : stays) {
                stay.atFixedRate();
            }
            for (Stay stay : stays) {
                stay.beginIdling();
            }
            Thread.sleep(effort.serviceIdleMillis());
            for (int i = 0; i < stays.size(); i++) {
                all.get(i).add(stays.get(i).end());
            }
        } finally {
            for (Stay stay : stays) {
                stay.close();
            }
        }
    }

    private static Table table(List<List<Measured>> groups) {
        Table table = new Table(
                "a service, JDK " + System.getProperty("java.version"),
                "CPU us a request",
                "over none",
                "least to most",
                "requests/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "B a request",
                "over none",
                "memory, MB",
                "over none",
                "start, s",
                "idle CPU, ms/s");
        for (List<Measured> group : groups) {
            group.forEach(each -> table.row(row(each, group.get(0))));
        }
        return table;
    }

    private static List<String> row(Measured each, Measured none) {
        List<Double> ratios = each.cpuOver(none);
        return List.of(
                each.subject().name(),
                median(each, Measured.Round::cpu),
                Table.ratio(Median.of(ratios)),
                Table.number(Collections.min(ratios)) + " to " + Table.ratio(Collections.max(ratios)),
                median(each, Measured.Round::perSecond),
                median(each, round -> round.millis(50)),
                median(each, round -> round.millis(99)),
                median(each, round -> round.millis(99.9)),
                median(each, Measured.Round::bytes),
                over(none, each, Measured.Round::bytes),
                median(each, Measured.Round::memoryMegabytes),
                over(none, each, Measured.Round::memoryMegabytes),
                median(each, Measured.Round::startSeconds),
                median(each, Measured.Round::idleMillis));
    }

    private static String median(Measured each, ToDoubleFunction<Measured.Round> figure) {
        return Table.number(each.median(figure));
    }

    private static String over(Measured none, Measured each, ToDoubleFunction<Measured.Round> figure) {
        double more = each.over(none, figure);
        return (more > 0 ? "+" : more < 0 ? "-" : "") + Table.number(Math.abs(more));
    }
}
