package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Observation;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the next process finds in a folder: opened, recovered and read by the production code, as at any start.
 *
 * @param found the records, lane by lane
 * @param torn slots counted as torn
 */
record Restart(List<Observation> found, long torn) {

    private static final int RESTARTS_BETWEEN_COLLECTIONS = 4_000;
    private static int restarts;

    /** The folder must be usable: a start that falls back to memory has lost what is in it. */
    static Restart on(Path folder, Optional<JournalCursor> stored, int maxEndpoints) {
        try (JournalFolder opened = JournalFolder.open(folder, 1 << 12, maxEndpoints)) {
            assertThat(opened.folder()).contains(folder);
            return of(opened.recover(stored, new ManualClock()));
        }
    }

    static Restart of(JournalReader reader) {
        List<Observation> found = new ArrayList<>();
        while (reader.poll(Integer.MAX_VALUE, found::add) > 0) {}
        assertThat(reader.hasReachedTail(reader.tails())).isTrue();
        return new Restart(found, reader.torn());
    }

    /** Puts these files into the folder, and takes all others out of it. */
    static void put(Path folder, Map<String, byte[]> files) throws IOException {
        if (++restarts % RESTARTS_BETWEEN_COLLECTIONS == 0) {
            System.gc(); // Mappings end with their buffers, and a process may have 65,530.
        }
        try (var present = Files.list(folder)) {
            for (Path file : present.toList()) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
    }
}
