package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millisight.journal.JournalFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
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

    @Test
    void aDiskWithoutRoomIsFoundOutAtTheStartAndRecordingGoesOn(@TempDir Path mount) throws Exception {
        Battery row = Battery.row(4, "no room for the ring", 1, 1);
        Sandbox disk = Sandbox.diskOf(BYTES >> 10, mount);
        List<String> command = new ArrayList<>(disk.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FullDiskStart.class.getName(),
                mount.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("in memory (data-dir").contains(FullDiskStart.HELD);
        row.held("refused at the start, kept in memory, no fault while recording; under " + disk.what());
    }

    private static long bytesOnDisk(Path file) throws IOException {
        Process stat = new ProcessBuilder("/usr/bin/stat", "--format=%b %B", file.toString()).start();
        try (Scanner numbers = new Scanner(stat.getInputStream(), StandardCharsets.UTF_8)) {
            return numbers.nextLong() * numbers.nextLong();
        }
    }
}
