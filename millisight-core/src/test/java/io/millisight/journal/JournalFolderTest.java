package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalFolderTest {

    private static final long BYTES = 1 << 16;

    @TempDir
    Path directory;

    @Test
    void keepsRecordsAndNamesOverARestart() {
        String id;
        try (JournalFolder folder = open()) {
            id = folder.journal().id();
            append(folder, 1, "/a");
            append(folder, 2, "/b");
        }
        try (JournalFolder folder = open()) {
            assertThat(folder.folder()).contains(directory);
            assertThat(folder.journal().id()).isEqualTo(id);
            assertThat(folder.journal().description()).startsWith("mapped " + directory);
            assertThat(readAll(folder))
                    .extracting(
                            Observation::completedAtMicros, o -> o.endpoint().name())
                    .containsExactly(tuple(1L, "GET /a"), tuple(2L, "GET /b"));
        }
    }

    @Test
    void makesTheFoldersThatAreMissing() {
        Path deep = directory.resolve("a/b/c");
        try (JournalFolder folder = JournalFolder.open(deep, BYTES, 10)) {
            assertThat(folder.folder()).contains(deep);
        }
    }

    @Test
    void preallocatesTheWholeRing() throws IOException {
        open().close();
        assertThat(Files.size(ring())).isEqualTo(RingFile.HEADER_BYTES + BYTES);
    }

    @Test
    void givesASecondProcessAFolderOfItsOwn() {
        try (JournalFolder first = open();
                JournalFolder second = open();
                JournalFolder third = open()) {
            assertThat(first.folder()).contains(directory);
            assertThat(second.folder()).contains(directory.resolve("instance-2"));
            assertThat(third.folder()).contains(directory.resolve("instance-3"));
            assertThat(second.journal().id()).isNotEqualTo(first.journal().id());
        }
        try (JournalFolder next = open()) {
            assertThat(next.folder()).as("free again").contains(directory);
        }
    }

    @Test
    void keepsRequestsInMemoryWhenTooManyProcessesUseTheFolder() {
        List<JournalFolder> folders = new ArrayList<>();
        try {
            for (int n = 0; n < 65; n++) {
                folders.add(JournalFolder.open(directory, 4_096, 1));
            }
            assertThat(folders.get(63).folder()).contains(directory.resolve("instance-64"));
            assertThat(folders.get(64).folder()).isEmpty();
        } finally {
            folders.forEach(JournalFolder::close);
        }
    }

    /** A path under a file can be written by nobody, root included. */
    @Test
    void keepsRequestsInMemoryWhereNothingCanBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        try (JournalFolder folder = JournalFolder.open(file.resolve("data"), BYTES, 10)) {
            assertThat(folder.folder()).isEmpty();
            assertThat(folder.journal().description())
                    .isEqualTo("in memory (data-dir " + file.resolve("data") + " cannot be used)");
            JournalReader reader = folder.recover(Optional.empty(), new ManualClock());
            append(folder, 7, "/a");
            assertThat(poll(reader)).extracting(Observation::completedAtMicros).containsExactly(7L);
            folder.close(true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal.ring", "endpoints.dict", "lock"})
    void keepsRequestsInMemoryWhenAFolderIsInTheWayOfAFile(String name) throws IOException {
        Files.createDirectories(directory.resolve(name).resolve("x"));
        try (JournalFolder folder = open()) {
            assertThat(folder.folder()).isEmpty();
        }
        Files.delete(directory.resolve(name).resolve("x"));
        Files.delete(directory.resolve(name));
        try (JournalFolder folder = open()) {
            assertThat(folder.folder()).as("nothing was left locked").contains(directory);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, RingFile.HEADER_COPY})
    void mendsADamagedCopyOfTheHeader(int copy) throws IOException {
        fill(3);
        String before = id();
        for (int at = copy; at < copy + 48; at++) {
            overwrite(at, (byte) 0x5a);
        }
        try (JournalFolder folder = open()) {
            assertThat(folder.journal().id()).isEqualTo(before);
            assertThat(readAll(folder)).hasSize(3);
        }
        overwrite(copy == 0 ? RingFile.HEADER_COPY : 0, (byte) 0);
        assertThat(id()).as("the mended copy serves alone").isEqualTo(before);
    }

    @Test
    void setsAsideARingWhoseHeaderIsLostAndBeginsANewOne() throws IOException {
        fill(3);
        String before = id();
        overwrite(3, (byte) 0);
        overwrite(RingFile.HEADER_COPY + 17, (byte) 77);
        try (JournalFolder folder = open()) {
            assertThat(folder.journal().id()).isNotEqualTo(before);
            assertThat(readAll(folder)).isEmpty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.matches("journal\\.ring\\.damaged-\\d{8}T\\d{6}Z"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 4_095})
    void setsAsideARingCutWithinItsHeader(int bytes) throws IOException {
        fill(3);
        truncate(bytes);
        try (JournalFolder folder = open()) {
            assertThat(folder.folder()).contains(directory);
            append(folder, 1, "/a");
        }
    }

    @Test
    void readsWhatIsLeftOfATruncatedRing() throws IOException {
        fill(10);
        long lane0 = RingFile.HEADER_BYTES + homeOfThisThread() * BYTES / lanes();
        truncate((int) lane0 + 4 * SlotLayout.SLOT_BYTES + 30);
        try (JournalFolder folder = open()) {
            assertThat(readAll(folder))
                    .extracting(Observation::completedAtMicros)
                    .containsExactly(0L, 1L, 2L, 3L);
        }
        assertThat(Files.size(ring())).isEqualTo(RingFile.HEADER_BYTES + BYTES);
    }

    @Test
    void aRecordWhoseNameIsLostNeverBecomesAnotherEndpoints() throws IOException {
        try (JournalFolder folder = open()) {
            append(folder, 1, "/a");
            append(folder, 2, "/b");
        }
        Path names = directory.resolve("endpoints.dict");
        Files.write(names, Arrays.copyOf(Files.readAllBytes(names), 2 * EndpointDictionary.CELL_BYTES));
        for (int start = 0; start < 2; start++) {
            try (JournalFolder folder = open()) {
                assertThat(readAll(folder).stream().limit(2))
                        .extracting(Observation::completedAtMicros, o -> o.endpoint()
                                .name())
                        .containsExactly(tuple(1L, "GET /a"), tuple(2L, Endpoint.OTHER.name()));
                append(folder, 3 + start, "/new");
            }
        }
    }

    @Test
    void usesARingOfAnotherSizeUntilAllOfItIsStored() {
        fill(3);
        try (JournalFolder folder = JournalFolder.open(directory, 2 * BYTES, 10)) {
            assertThat(readAll(folder)).hasSize(3);
            assertThat(ringBytes(folder)).isEqualTo(BYTES);
        }
        JournalFolder folder = JournalFolder.open(directory, 2 * BYTES, 10);
        assertThat(ringBytes(folder)).as("kept by close(false)").isEqualTo(BYTES);
        folder.close(true);
        try (JournalFolder resized = JournalFolder.open(directory, 2 * BYTES, 10)) {
            assertThat(ringBytes(resized)).isEqualTo(2 * BYTES);
            assertThat(readAll(resized)).isEmpty();
        }
    }

    @Test
    void keepsARingOfTheRightSizeWhenAllOfItIsStored() {
        String before = id();
        open().close(true);
        assertThat(id()).isEqualTo(before);
    }

    @Test
    void doesNotTrustAHeaderWhoseShapeIsNoPowerOfTwo() throws IOException {
        ByteBuffer memory = SlotLayout.allocate(RingFile.HEADER_BYTES + 3 * 64 * SlotLayout.SLOT_BYTES);
        RingFile.over(memory, 3, "test");
        try (FileChannel channel = FileChannel.open(ring(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(memory);
        }
        try (JournalFolder folder = open()) {
            assertThat(folder.journal().lanes()).isEqualTo(lanes());
            assertThat(folder.journal().slotsPerLane()).isEqualTo(BYTES / lanes() / 64);
        }
    }

    /** What it has read would count as memory of the service, all of the ring. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void recoveryKeepsNoPagesThatItOnlyLookedAt() throws IOException {
        long bytes = 4 << 20;
        JournalFolder.open(directory, bytes, 10).close();
        try (JournalFolder folder = JournalFolder.open(directory, bytes, 10)) {
            assertThat(readAll(folder)).isEmpty();
            assertThat(residentBytesOfTheRing()).isLessThan(bytes / 4);
        }
    }

    /** Of the mapping that stays; the one that recovery looked through ends with a garbage collection. */
    private long residentBytesOfTheRing() throws IOException {
        List<String> mappings = Files.readAllLines(Path.of("/proc/self/smaps"));
        int at = 0;
        while (!mappings.get(at).endsWith(ring().toString())
                || !mappings.get(at).contains(" rw-s ")) {
            at++;
        }
        while (!mappings.get(at).startsWith("Rss:")) {
            at++;
        }
        return Long.parseLong(mappings.get(at).replaceAll("\\D", "")) << 10;
    }

    @Test
    void readsNamesOfAnEarlierAndLargerLimit() {
        try (JournalFolder folder = JournalFolder.open(directory, BYTES, 10)) {
            for (int n = 0; n < 5; n++) {
                append(folder, n, "/r" + n);
            }
        }
        try (JournalFolder folder = JournalFolder.open(directory, BYTES, 2)) {
            assertThat(readAll(folder)).extracting(o -> o.endpoint().route()).contains("/r4");
            assertThat(folder.endpoints().idOf("GET", "/new")).isZero();
            assertThat(folder.endpoints().endpoint(0)).isEqualTo(Endpoint.OTHER);
        }
    }

    private JournalFolder open() {
        return JournalFolder.open(directory, BYTES, 10);
    }

    private void fill(int records) {
        try (JournalFolder folder = open()) {
            for (int n = 0; n < records; n++) {
                append(folder, n, "/a");
            }
        }
    }

    private String id() {
        try (JournalFolder folder = open()) {
            return folder.journal().id();
        }
    }

    private static int lanes() {
        try (JournalFolder folder = JournalFolder.inMemory(BYTES, 1, "count lanes")) {
            return folder.journal().lanes();
        }
    }

    private static int homeOfThisThread() {
        try (JournalFolder folder = JournalFolder.inMemory(BYTES, 1, "count lanes")) {
            return folder.journal().home();
        }
    }

    private static long ringBytes(JournalFolder folder) {
        return folder.journal().slotsPerLane() * folder.journal().lanes() * SlotLayout.SLOT_BYTES;
    }

    private static void append(JournalFolder folder, long number, String route) {
        int endpoint = folder.endpoints().idOf("GET", route);
        assertThat(folder.journal().append(endpoint, 200, 0, number * 1_000, 1, null, null))
                .isTrue();
    }

    private static List<Observation> readAll(JournalFolder folder) {
        return poll(folder.recover(Optional.empty(), new ManualClock()));
    }

    private static List<Observation> poll(JournalReader reader) {
        List<Observation> polled = new ArrayList<>();
        reader.poll(Integer.MAX_VALUE, polled::add);
        return polled;
    }

    private Path ring() {
        return directory.resolve("journal.ring");
    }

    private void overwrite(long at, byte value) throws IOException {
        try (FileChannel channel = FileChannel.open(ring(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), at);
        }
    }

    private void truncate(int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(ring(), StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
