package io.millisight.benchmarks;

import io.millisight.benchmarks.recording.RecordFigures;
import io.millisight.benchmarks.reporting.ReportFigures;
import io.millisight.benchmarks.service.ServiceFigures;
import io.millisight.benchmarks.storing.PostgresFigures;
import io.millisight.benchmarks.storing.ScanFigures;
import io.millisight.benchmarks.storing.StoreFigures;
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

    private static final Map<String, Part> PARTS = Map.of(
            "record", new Part(340, 75, List.of(RecordFigures::take)),
            "store", new Part(100, 30, List.of(StoreFigures::take, ScanFigures::take)),
            "postgres", new Part(180, 60, List.of(PostgresFigures::take)),
            "report", new Part(90, 25, List.of(ReportFigures::take)),
            "service", new Part(480, 90, List.of(ServiceFigures::take)));

    private static final List<String> ALL = List.of("record", "store", "postgres", "report", "service");

    private Bench() {}

    /** Takes the figures of {@code record}, {@code store}, {@code postgres}, {@code report}, {@code service} or {@code all}. */
    public static void main(String[] arguments) throws Exception {
        List<String> parts = new ArrayList<>();
        Effort effort = Effort.full();
        Path page = null;
        for (String argument : arguments) {
            if (argument.equals("all")) {
                parts.addAll(ALL);
            } else if (PARTS.containsKey(argument)) {
                parts.add(argument);
            } else if (argument.equals("--short")) {
                effort = Effort.brief();
            } else if (argument.startsWith("--write=")) {
                page = Path.of(argument.substring("--write=".length()));
            } else {
                throw new IllegalArgumentException(
                        argument + "; allowed: record, store, postgres, report, service, all, --short, --write=FILE");
            }
        }
        boolean brief = effort.equals(Effort.brief());
        int seconds = parts.stream()
                .map(PARTS::get)
                .mapToInt(part -> brief ? part.secondsInBrief() : part.secondsInFull())
                .sum();
        System.out.printf(
                "%s: about %d min %d s%s%n",
                String.join(", ", parts), seconds / 60, seconds % 60, brief ? ", short: for a look only" : "");
        double loadBefore = Machine.load();
        List<Figures> figures = take(parts, effort);
        String machine = Machine.describe(loadBefore);
        System.out.println();
        System.out.println(machine);
        for (Figures part : figures) {
            System.out.println();
            System.out.print(part.table());
        }
        if (page != null) {
            write(page, machine, figures);
        }
    }

    /** The figures of these parts, in this order. */
    static List<Figures> take(List<String> parts, Effort effort) throws Exception {
        List<Figures> figures = new ArrayList<>();
        for (String part : parts) {
            for (Taking taking : PARTS.get(part).takings()) {
                figures.add(taking.take(effort));
            }
        }
        return figures;
    }

    private static void write(Path file, String machine, List<Figures> figures) throws Exception {
        PerformancePage page = new PerformancePage(file);
        page.put("machine", machine + "\n");
        for (Figures part : figures) {
            page.put(part.part(), part.table().toString());
        }
        page.save();
    }
}
