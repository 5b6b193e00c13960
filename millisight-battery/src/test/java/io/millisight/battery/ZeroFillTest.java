package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millisight.journal.JournalFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Battery, beside row 4: no mapped file is sparse, so that a disk without room for one says so when it is made, as an
 * exception, and not when a request is recorded, as a signal that ends the process.
 */
class ZeroFillTest {

    private static final int BYTES = 4 << 20;

    @Test
    void everyByteIsOnTheDiskBeforeItIsMapped(@TempDir Path directory) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/stat")),
                "no stat(1) here: how much of a file is on disk is not known");
        Battery row = Battery.row(4, "mapped files written out", 1, 1);
        long bytes = 0;
        try (JournalFolder folder = JournalFolder.open(directory, BYTES, 2_000)) {
            assertThat(folder.folder()).contains(directory);
            for (String file : List.of("journal.ring", "endpoints.dict")) {
                long size = Files.size(directory.resolve(file));
                assertThat(bytesOnDisk(directory.resolve(file))).as(file).isGreaterThanOrEqualTo(size);
                bytes += size;
            }
        }
        assertThat(bytes).isGreaterThan(BYTES);
        row.held("all " + bytes + " mapped bytes have their place on the disk");
    }

    private static long bytesOnDisk(Path file) throws IOException, InterruptedException {
        Process stat = new ProcessBuilder("/usr/bin/stat", "--format=%b %B", file.toString()).start();
        String[] blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .split(" ");
        assertThat(stat.waitFor()).isZero();
        return Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
    }
}
