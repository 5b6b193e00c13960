package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointDictionaryTest {

    @TempDir
    Path directory;

    @Test
    void numbersEndpointsDenselyFromOneAndZeroIsOther() {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(10);
        assertThat(dictionary.idOf("GET", "/a")).isEqualTo(1);
        assertThat(dictionary.idOf("POST", "/a")).isEqualTo(2);
        assertThat(dictionary.idOf("GET", "/b")).isEqualTo(3);
        assertThat(dictionary.idOf("GET", "/a")).isEqualTo(1);
        assertThat(dictionary.idOf("POST", "/a")).isEqualTo(2);
        assertThat(dictionary.endpoints())
                .containsExactly(
                        Endpoint.OTHER,
                        new Endpoint("GET", "/a"),
                        new Endpoint("POST", "/a"),
                        new Endpoint("GET", "/b"));
    }

    @Test
    void keepsItsNumbersOverARestart() throws IOException {
        EndpointDictionary before = open(10);
        int a = before.idOf("GET", "/a");
        int b = before.idOf("DELETE", "/b/{id}");
        EndpointDictionary after = open(10);
        assertThat(after.endpoints()).isEqualTo(before.endpoints());
        assertThat(after.idOf("DELETE", "/b/{id}")).isEqualTo(b);
        assertThat(after.idOf("GET", "/a")).isEqualTo(a);
        assertThat(after.idOf("GET", "/c")).isEqualTo(3);
    }

    @Test
    void findsEachOfAThousandEndpointsAgainAlsoByEqualTextsOfAnotherProcess() throws IOException {
        EndpointDictionary before = open(1_000);
        for (int i = 1; i <= 1_000; i++) {
            assertThat(before.idOf(i % 2 == 0 ? "GET" : "POST", "/resource/" + i / 2))
                    .isEqualTo(i);
        }
        EndpointDictionary after = open(1_000);
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 1; i <= 1_000; i++) {
                String method = i % 2 == 0 ? "GET" : "POST";
                assertThat(before.idOf(method, "/resource/" + i / 2)).isEqualTo(i);
                assertThat(after.idOf(method, "/resource/" + i / 2)).isEqualTo(i);
            }
        }
    }

    @Test
    void foldsWhatExceedsTheLimitAndCountsIt() {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(2);
        assertThat(dictionary.idOf("GET", "/1")).isEqualTo(1);
        assertThat(dictionary.idOf("GET", "/2")).isEqualTo(2);
        assertThat(dictionary.folded()).isZero();
        assertThat(dictionary.idOf("GET", "/3")).isZero();
        assertThat(dictionary.idOf("GET", "/3")).isZero();
        assertThat(dictionary.idOf("GET", "/1")).isEqualTo(1);
        assertThat(dictionary.folded()).isEqualTo(2);
    }

    @Test
    void takesMoreAfterARestartWithALargerLimit() throws IOException {
        assertThat(open(1).idOf("GET", "/1")).isEqualTo(1);
        EndpointDictionary larger = open(3);
        assertThat(larger.idOf("GET", "/2")).isEqualTo(2);
        assertThat(larger.idOf("GET", "/3")).isEqualTo(3);
        assertThat(larger.idOf("GET", "/4")).isZero();
        assertThat(open(1).idOf("GET", "/3"))
                .as("known, though beyond the limit")
                .isEqualTo(3);
    }

    @Test
    void aDamagedCellCostsItselfAlone() throws IOException {
        EndpointDictionary before = open(10);
        for (int n = 1; n <= 4; n++) {
            assertThat(before.idOf("GET", "/" + n)).isEqualTo(n);
        }
        overwrite(2 * EndpointDictionary.CELL_BYTES + 12, (byte) 'x');
        overwrite(new byte[EndpointDictionary.CELL_BYTES], 3 * EndpointDictionary.CELL_BYTES);
        EndpointDictionary after = open(10);
        assertThat(after.endpoints())
                .containsExactly(
                        Endpoint.OTHER,
                        new Endpoint("GET", "/1"),
                        Endpoint.OTHER,
                        Endpoint.OTHER,
                        new Endpoint("GET", "/4"));
        assertThat(after.idOf("GET", "/2"))
                .as("a new number, never the old one")
                .isEqualTo(5);
        assertThat(open(10).idOf("GET", "/2")).isEqualTo(5);
    }

    @Test
    void givesANumberWithoutANameAgainOnceNoRecordUsesIt() throws IOException {
        EndpointDictionary before = open(4);
        for (int n = 1; n <= 4; n++) {
            assertThat(before.idOf("GET", "/" + n)).isEqualTo(n);
        }
        overwrite(2 * EndpointDictionary.CELL_BYTES + 12, (byte) 'x');
        overwrite(3 * EndpointDictionary.CELL_BYTES + 12, (byte) 'x');
        EndpointDictionary after = open(4);
        assertThat(after.idOf("GET", "/2")).as("any number may be in use").isZero();
        BitSet used = new BitSet();
        used.set(2);
        after.keep(used);
        assertThat(after.idOf("GET", "/2")).isEqualTo(3);
        assertThat(after.endpoint(2)).isEqualTo(Endpoint.OTHER);
        assertThat(after.idOf("GET", "/3")).isZero();
        EndpointDictionary later = open(4);
        later.keep(new BitSet());
        assertThat(later.idOf("GET", "/3")).isEqualTo(2);
        assertThat(open(4).endpoints())
                .containsExactly(
                        Endpoint.OTHER,
                        new Endpoint("GET", "/1"),
                        new Endpoint("GET", "/3"),
                        new Endpoint("GET", "/2"),
                        new Endpoint("GET", "/4"));
    }

    @Test
    void noiseBehindTheLimitUsesNothingUp() throws IOException {
        assertThat(open(2).idOf("GET", "/1")).isEqualTo(1);
        byte[] noise = new byte[20 * EndpointDictionary.CELL_BYTES];
        new Random(1).nextBytes(noise);
        overwrite(noise, 3 * EndpointDictionary.CELL_BYTES);
        EndpointDictionary after = open(2);
        after.keep(new BitSet());
        assertThat(after.idOf("GET", "/2")).isEqualTo(2);
        assertThat(after.idOf("GET", "/3")).isZero();
    }

    @Test
    void neverGivesANumberThatRecordsUseThoughItsCellIsGone() {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(10);
        BitSet used = new BitSet();
        used.set(1);
        used.set(3);
        dictionary.keep(used);
        assertThat(dictionary.idOf("GET", "/a")).isEqualTo(2);
        assertThat(dictionary.idOf("GET", "/b")).isEqualTo(4);
        assertThat(dictionary.endpoint(3)).isEqualTo(Endpoint.OTHER);
    }

    @Test
    void aCellCopiedToAnotherPlaceIsDamaged() throws IOException {
        EndpointDictionary before = open(10);
        assertThat(before.idOf("GET", "/1")).isEqualTo(1);
        byte[] file = Files.readAllBytes(path());
        byte[] cell = Arrays.copyOfRange(file, EndpointDictionary.CELL_BYTES, 2 * EndpointDictionary.CELL_BYTES);
        overwrite(cell, 2 * EndpointDictionary.CELL_BYTES);
        assertThat(open(10).endpoints()).containsExactly(Endpoint.OTHER, new Endpoint("GET", "/1"), Endpoint.OTHER);
    }

    @Test
    void survivesNoise() throws IOException {
        byte[] noise = new byte[20 * EndpointDictionary.CELL_BYTES + 17];
        new Random(1).nextBytes(noise);
        Files.write(path(), noise);
        EndpointDictionary dictionary = open(30);
        assertThat(dictionary.endpoints()).containsOnly(Endpoint.OTHER);
        int id = dictionary.idOf("GET", "/a");
        assertThat(open(30).idOf("GET", "/a")).isEqualTo(id);
    }

    @Test
    void keepsLongAndForeignRoutesAsFarAsACellHoldsThem() throws IOException {
        List<String> routes = List.of(
                "/" + "a".repeat(254),
                "/" + "a".repeat(400),
                "/" + "ü".repeat(254),
                "/" + "漢".repeat(254),
                "/" + "😀".repeat(200),
                "/x\ud83d",
                "/x\ud83dy");
        EndpointDictionary before = open(20);
        List<Integer> ids = routes.stream().map(r -> before.idOf("OPTIONS", r)).toList();
        assertThat(routes.stream().map(r -> before.idOf("OPTIONS", r))).isEqualTo(ids);
        EndpointDictionary after = open(20);
        assertThat(after.endpoints()).isEqualTo(before.endpoints());
        assertThat(routes.stream().map(r -> after.idOf("OPTIONS", r))).isEqualTo(ids);
        assertThat(after.endpoint(ids.get(0)).route()).isEqualTo(routes.get(0));
        assertThat(after.endpoint(ids.get(3)).route()).isEqualTo("/" + "漢".repeat(101));
        assertThat(after.endpoint(ids.get(5)).route()).isEqualTo("/x?");
    }

    @Test
    void putsUnknownMethodsTogether() {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(10);
        int id = dictionary.idOf("PROPFIND", "/a");
        assertThat(dictionary.idOf("get", "/a")).isEqualTo(id);
        assertThat(dictionary.idOf("_OTHER", "/a")).isEqualTo(id);
        assertThat(dictionary.endpoint(id).method()).isEqualTo("_OTHER");
    }

    @Test
    void knowsWhichNumbersItGave() {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(10);
        int id = dictionary.idOf("GET", "/a");
        assertThat(dictionary.known(id)).isEqualTo(id);
        assertThat(dictionary.known(id + 1)).isZero();
        assertThat(dictionary.known(-1)).isZero();
    }

    @Test
    void manyThreadsGetOneNumberForOneEndpoint() throws Exception {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(1_000);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Set<Integer>> ids = new ArrayList<>();
        for (int n = 0; n < 200; n++) {
            ids.add(ConcurrentHashMap.newKeySet());
        }
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                try {
                    together.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int n = 0; n < 200; n++) {
                    ids.get(n).add(dictionary.idOf("GET", "/" + n));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ids).allMatch(set -> set.size() == 1);
        assertThat(dictionary.endpoints()).hasSize(201).doesNotHaveDuplicates();
    }

    @Test
    void manyThreadsNeverExceedTheLimit() throws Exception {
        EndpointDictionary dictionary = EndpointDictionary.inMemory(50);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String prefix = "/" + t + "/";
            Thread thread = new Thread(() -> {
                try {
                    together.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int n = 0; n < 40; n++) {
                    dictionary.idOf("GET", prefix + n);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(dictionary.endpoints()).hasSize(51).doesNotHaveDuplicates();
        assertThat(dictionary.folded()).isEqualTo(110);
    }

    private EndpointDictionary open(int maxEndpoints) throws IOException {
        return EndpointDictionary.open(path(), maxEndpoints);
    }

    private Path path() {
        return directory.resolve("endpoints.dict");
    }

    private void overwrite(int at, byte value) throws IOException {
        overwrite(new byte[] {value}, at);
    }

    private void overwrite(byte[] bytes, int at) throws IOException {
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }
}
