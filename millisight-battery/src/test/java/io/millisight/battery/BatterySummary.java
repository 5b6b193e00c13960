package io.millisight.battery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Prints what every row found as one table, when all of them are through; a row that failed has no line. */
public final class BatterySummary implements TestExecutionListener {

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        try {
            for (Path result : results()) {
                Files.delete(result);
            }
        } catch (IOException e) {
            System.out.println("battery: earlier results could not be removed: " + e);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        try {
            StringBuilder table =
                    new StringBuilder("| row | fault | rounds | found | seconds |\n|---|---|---|---|---|\n");
            List<String[]> rows = new ArrayList<>();
            for (Path result : results()) {
                rows.add(Files.readString(result).strip().split("\t", -1));
            }
            rows.sort(Comparator.comparingInt((String[] row) -> Integer.parseInt(row[0]))
                    .thenComparing(row -> row[1]));
            rows.forEach(
                    row -> table.append("| ").append(String.join(" | ", row)).append(" |\n"));
            Files.createDirectories(Battery.RESULTS);
            Files.writeString(Battery.RESULTS.resolve("summary.md"), table);
            System.out.println(table);
        } catch (IOException e) {
            System.out.println("battery: no summary: " + e);
        }
    }

    private static List<Path> results() throws IOException {
        if (!Files.isDirectory(Battery.RESULTS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Battery.RESULTS)) {
            return files.filter(file -> file.toString().endsWith(".tsv")).toList();
        }
    }
}
