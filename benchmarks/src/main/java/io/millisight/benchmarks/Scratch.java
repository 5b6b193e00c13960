package io.millisight.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders for what a benchmark writes: in the folder that the property {@code bench.scratch} names, else in the temporary one. */
public final class Scratch {

    private Scratch() {}

    /** A new, empty folder. */
    public static Path folder(String name) {
        try {
            String place = System.getProperty("bench.scratch");
            if (place == null) {
                return Files.createTempDirectory("millisight-bench-" + name);
            }
            return Files.createTempDirectory(Files.createDirectories(Path.of(place)), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder and all that is in it. */
    public static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of all files in a folder. */
    public static long bytes(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
