package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the code to the worked example of {@code docs/format/journal.md}, byte by byte. */
class JournalFormatTest {

    private static final int BYTES = 64 * SlotLayout.SLOT_BYTES;

    @TempDir
    Path directory;

    @Test
    void readsTheExampleAsItIsDescribed() throws IOException {
        List<Observation> observations = new ArrayList<>();
        try (JournalFolder folder = open(example())) {
            assertThat(folder.journal().id()).isEqualTo("00112233445566778899aabbccddeeff");
            int id = folder.endpoints().idOf("GET", "/a");
            assertThat(id).isEqualTo(1);
            folder.recover(Optional.empty(), new ManualClock()).poll(10, observations::add);
        }
        assertThat(observations).hasSize(2);
        Observation first = observations.get(0);
        assertThat(first.endpoint().name()).isEqualTo("GET /a");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(first.stream()).isFalse();
        assertThat(first.completedAtMicros()).isEqualTo(1_767_225_600_000_001L);
        assertThat(first.durationNanos()).isEqualTo(45_230_000);
        assertThat(first.userId()).isEqualTo("ann");
        assertThat(first.path()).isEqualTo("/a");
        Observation second = observations.get(1);
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.outcome()).isEqualTo(Outcome.TIMEOUT);
        assertThat(second.stream()).isTrue();
        assertThat(second.durationNanos()).isEqualTo(2_000_000_000);
        assertThat(second.userId()).isNull();
    }

    @Test
    void writesTheExampleByteForByte() throws IOException {
        byte[] example = example();
        byte[] empty = example.clone();
        Arrays.fill(empty, RingFile.HEADER_BYTES, empty.length, (byte) 0);
        try (JournalFolder folder = open(empty)) {
            folder.recover(Optional.empty(), new ManualClock());
            Journal journal = folder.journal();
            assertThat(journal.append(1, 200, 0, 1_767_225_600_000_001_234L, 45_230_000, "ann", "/a"))
                    .isTrue();
            assertThat(journal.append(
                            0, 503, 3 | Journal.STREAM, 1_767_225_601_000_000_000L, 2_000_000_000, null, null))
                    .isTrue();
        }
        assertThat(Files.readAllBytes(ring())).isEqualTo(example);
    }

    private JournalFolder open(byte[] ring) throws IOException {
        Files.write(ring(), ring);
        JournalFolder folder = JournalFolder.open(directory, BYTES, 10);
        assertThat(folder.folder()).contains(directory);
        return folder;
    }

    private Path ring() {
        return directory.resolve("journal.ring");
    }

    private static byte[] example() throws IOException {
        String page = Files.readString(Path.of("../docs/format/journal.md"));
        int begin = page.indexOf("```hex\n") + "```hex\n".length();
        byte[] bytes = new byte[RingFile.HEADER_BYTES + BYTES];
        page.substring(begin, page.indexOf("```", begin)).lines().forEach(line -> {
            int offset = HexFormat.fromHexDigits(line, 0, 4);
            byte[] row = HexFormat.of().parseHex(line.substring(4).replace(" ", ""));
            System.arraycopy(row, 0, bytes, offset, row.length);
        });
        return bytes;
    }
}
