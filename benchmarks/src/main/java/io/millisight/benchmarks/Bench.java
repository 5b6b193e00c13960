package io.millisight.benchmarks;

import io.millisight.benchmarks.living.LiveFigures;
import io.millisight.benchmarks.living.StreamFigures;
import io.millisight.benchmarks.recording.FilterFigures;
import io.millisight.benchmarks.recording.RecordFigures;
import io.millisight.benchmarks.recording.RecordGrowth;
import io.millisight.benchmarks.recording.TailFigures;
import io.millisight.benchmarks.reporting.ReportFigures;
import io.millisight.benchmarks.reporting.ReportGrowth;
import io.millisight.benchmarks.service.ServiceFigures;
import io.millisight.benchmarks.storing.PostgresFigures;
import io.millisight.benchmarks.storing.ScanFigures;
import io.millisight.benchmarks.storing.ScanGrowth;
import io.millisight.benchmarks.storing.StoreFigures;
import io.millisight.benchmarks.storing.WeekFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes the figures and prints them as tables; {@code ./bench --help} says how to ask. */
public final class Bench {

    /** A part that can be asked for. */
    private record Part(int secondsInFull, int secondsInBrief, List<Taking> takings) {}

    /** Takes the figures of one table. */
    private interface Taking {
        Figures take(Effort effort) throws Exception;
    }

    /** What becomes of a table. */
    interface Taker {
        void take(Figures figures) throws IOException;
    }

    private static final Map<String, Part> PARTS = Map.of(
            "record", new Part(1_800, 140, List.of(RecordFigures::take, FilterFigures::take, TailFigures::take)),
            "store", new Part(170, 50, List.of(StoreFigures::take, ScanFigures::take, WeekFigures::take)),
            "postgres", new Part(180, 60, List.of(PostgresFigures::take)),
            "report", new Part(90, 25, List.of(ReportFigures::take)),
            "live", new Part(65, 25, List.of(LiveFigures::take, StreamFigures::take)),
            "growth", new Part(200, 40, List.of(RecordGrowth::take, ScanGrowth::take, ReportGrowth::take)),
            "service", new Part(1_750, 200, List.of(ServiceFigures::take)));

    private static final List<String> ALL =
            List.of("record", "store", "postgres", "report", "live", "growth", "service");

    private Bench() {}

    /** Takes the figures of these parts, or of {@code all}. */
    public static void main(String[] arguments) throws Exception {
        List<String> parts = new ArrayList<>();
        Effort effort = Effort.FULL;
        Path page = null;
        for (String argument : arguments) {
            if (argument.equals("all")) {
                parts.addAll(ALL);
            } else if (PARTS.containsKey(argument)) {
                parts.add(argument);
            } else if (argument.equals("--short")) {
                effort = Effort.BRIEF;
            } else if (argument.startsWith("--write=")) {
                page = Path.of(argument.substring("--write=".length()));
            } else {
                throw new IllegalArgumentException(
                        argument + "; allowed: " + String.join(", ", ALL) + ", all, --short, --write=FILE");
            }
        }
        boolean brief = effort == Effort.BRIEF;
        int seconds = seconds(parts, brief);
        System.out.println(String.join(", ", parts) + ": about " + Progress.minutes(seconds)
                + (brief ? ", short: for a look only" : ""));
        String taken = Machine.taken(Machine.load());
        List<Figures> figures = new ArrayList<>();
        Path written = page;
        try {
            take(parts, effort, part -> {
                figures.add(part);
                if (written != null) {
                    write(written, taken, part);
                }
            });
        } finally {
            print(taken, figures);
        }
    }

    /** Takes one table after the other, and hands on each as soon as it is there: one that fails costs none before it. */
    static void take(List<String> parts, Effort effort, Taker taker) throws Exception {
        boolean brief = !effort.equals(Effort.FULL);
        for (int i = 0; i < parts.size(); i++) {
            Progress.begin(seconds(parts.subList(i, i + 1), brief), seconds(parts.subList(i + 1, parts.size()), brief));
            for (Taking taking : PARTS.get(parts.get(i)).takings()) {
                taker.take(taking.take(effort));
            }
        }
    }

    private static void print(String taken, List<Figures> figures) throws IOException {
        System.out.println();
        System.out.println(Machine.peers());
        System.out.println(taken);
        for (Figures part : figures) {
            System.out.println();
            System.out.print(part.table());
        }
    }

    private static int seconds(List<String> parts, boolean brief) {
        return parts.stream()
                .map(PARTS::get)
                .mapToInt(part -> brief ? part.secondsInBrief() : part.secondsInFull())
                .sum();
    }

    private static void write(Path file, String taken, Figures part) throws IOException {
        PerformancePage page = new PerformancePage(file);
        page.put("peers", Machine.peers() + "\n");
        page.put(part.part(), part.table() + "\n" + taken + "\n");
        for (Curve curve : part.curves()) {
            Files.writeString(file.resolveSibling("images/" + curve.name() + ".svg"), curve.svg());
        }
        page.save();
    }
}
