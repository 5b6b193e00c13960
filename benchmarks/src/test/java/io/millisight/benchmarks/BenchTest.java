package io.millisight.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every figure can be taken; never how large it is. */
class BenchTest {

    @Test
    void takesTheFiguresOfTheRecordPathAndOfItsPeers() throws Exception {
        // Another build on this machine may be at the same.
        System.setProperty("jmh.ignoreLock", "true");

        List<String> tables = tables("record");

        assertThat(tables).hasSize(3);
        assertThat(tables.get(0))
                .contains("Millisight.record", "HdrHistogram", "Micrometer", "Prometheus", "OpenTelemetry");
        assertThat(tables.get(1)).contains("Millisight: filter", "Spring");
        assertThat(tables.get(2)).contains("Millisight.record", "the clock alone");
    }

    @Test
    void takesTheFiguresOfStoringAndSearching() throws Exception {
        assertThat(tables("store")).hasSize(3);
    }

    @Test
    void takesTheFiguresOfStoringInPostgres() throws Exception {
        assertThat(tables("postgres")).singleElement().asString().contains("bare binary COPY", "Millisight");
    }

    @Test
    void takesTheFiguresOfReports() throws Exception {
        assertThat(tables("report")).hasSize(1);
    }

    @Test
    void takesTheFiguresOfAWholeService() throws Exception {
        assertThat(tables("service")).singleElement().asString().contains("none", "Millisight");
    }

    @Test
    void replacesTheTableBetweenItsMarkersAndNothingElse(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("page.md");
        Files.writeString(
                file, "a\n<!-- bench:one -->\nold\n<!-- bench:end -->\nb\n<!-- bench:two -->\n<!-- bench:end -->\n");

        PerformancePage page = new PerformancePage(file);
        page.put("one", "new\n");
        page.save();

        assertThat(file)
                .hasContent(
                        "a\n<!-- bench:one -->\nnew\n<!-- bench:end -->\nb\n<!-- bench:two -->\n<!-- bench:end -->\n");
    }

    private static List<String> tables(String part) throws Exception {
        List<String> tables = new ArrayList<>();
        Bench.take(
                List.of(part),
                Effort.SMOKE,
                figures -> tables.add(figures.table().toString()));
        return tables;
    }
}
