package io.millisight.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Puts the columns of all containers into one table; runs when they are through. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MatrixTableTest {

    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    /** By column: by shape: what its cells showed. */
    private final Map<String, Map<String, Cell>> columns = new LinkedHashMap<>();

    private final Map<String, Integer> notes = new LinkedHashMap<>();

    private static final class Cell {
        private final Map<String, String> requests = new LinkedHashMap<>();
        private String limit = "";
    }

    @BeforeAll
    void print() throws IOException {
        for (String container : Containers.NAMES) {
            read(container, false);
            if (HAS_VIRTUAL_THREADS) {
                read(container, true);
            }
        }
        String table = table();
        Files.createDirectories(Column.RESULTS);
        Files.writeString(Column.RESULTS.resolve("matrix.md"), table);
        System.out.println(table);
    }

    @Test
    void everyCellOfEveryContainerHolds() {
        for (String container : Containers.NAMES) {
            assertComplete(container, container);
            if (HAS_VIRTUAL_THREADS) {
                assertComplete(container, container + " virtual");
            }
        }
    }

    private void assertComplete(String container, String column) {
        for (Shape shape : Shapes.all()) {
            if (shape.isIn(container)) {
                Shape seen = shape.in(container);
                for (Transport transport : Transport.values()) {
                    if (transport.takes(seen)) {
                        assertThat(cell(column, shape).requests)
                                .as(column + ", " + shape)
                                .containsKey(transport.toString());
                    }
                }
            }
        }
    }

    private void read(String container, boolean virtualThreads) throws IOException {
        Map<String, Cell> cells = new TreeMap<>();
        var file = Column.file(container, virtualThreads);
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            String[] parts = line.split("\t", -1);
            Cell cell = cells.computeIfAbsent(parts[0], absent -> new Cell());
            cell.requests.put(parts[1], parts[2]);
            cell.limit = parts[3];
        }
        columns.put(container + (virtualThreads ? " virtual" : ""), cells);
    }

    private Cell cell(String column, Shape shape) {
        return columns.get(column).getOrDefault(shape.name(), new Cell());
    }

    private String table() {
        StringBuilder table = new StringBuilder("What went over the wire against what was recorded, Java ")
                .append(Runtime.version().feature())
                .append(": requests of each cell over HTTP/1.1 keep-alive, pipelined, HTTP/2\n\n| shape | ")
                .append(String.join(" | ", columns.keySet()))
                .append(" |\n|---|")
                .append("---|".repeat(columns.size()))
                .append('\n');
        for (Shape shape : Shapes.all()) {
            table.append("| ").append(shape.name());
            for (String column : columns.keySet()) {
                table.append(" | ").append(text(cell(column, shape)));
            }
            table.append(" |\n");
        }
        table.append('\n');
        notes.forEach((note, number) ->
                table.append('[').append(number).append("] ").append(note).append('\n'));
        return table.toString();
    }

    private String text(Cell cell) {
        if (cell.requests.isEmpty()) {
            return "";
        }
        List<String> counts = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            counts.add(cell.requests.getOrDefault(transport.toString(), "-"));
        }
        StringBuilder text = new StringBuilder(String.join(" ", counts));
        if (!cell.limit.isEmpty()) {
            for (String limit : cell.limit.split("; ", -1)) {
                text.append(" [")
                        .append(notes.computeIfAbsent(limit, first -> notes.size() + 1))
                        .append(']');
            }
        }
        return text.toString();
    }
}
