package io.millisight.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one container on one kind of thread showed: a file with a line for each cell that held. */
final class Column {

    static final Path RESULTS = Path.of("target", "matrix");

    private static final String ENDING = ".tsv";

    private final Path file;
    private final List<String> lines = new ArrayList<>();

    /** Forgets what an earlier run showed. */
    Column(String container, boolean virtualThreads) throws IOException {
        file = file(container, virtualThreads);
        Files.deleteIfExists(file);
    }

    static Path file(String container, boolean virtualThreads) {
        return RESULTS.resolve(container + (virtualThreads ? "-virtual" : "") + ENDING);
    }

    /** A cell held, maybe with a limit. */
    void ok(Shape shape, Transport transport, int requests) {
        lines.add(String.join("\t", shape.name(), transport.toString(), String.valueOf(requests), shape.limit()));
    }

    void write() throws IOException {
        Files.createDirectories(RESULTS);
        Files.write(file, lines);
    }
}
