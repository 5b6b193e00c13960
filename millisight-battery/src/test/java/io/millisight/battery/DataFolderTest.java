package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.MillisightConfig;
import io.millisight.store.Store;
import io.millisight.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 14: whatever the data folder is like, the service starts, says what it does instead, and serves. */
class DataFolderTest {

    @TempDir
    Path home;

    @Test
    void givesEachOfTwoServicesItsOwnPartOfOneDataFolder() throws Exception {
        Battery row = Battery.row(14, "two services on one data folder", 1, 1);
        Path data = home.resolve("data");
        int stored;
        try (ServiceProcess first = startAndServe("first", data, data);
                ServiceProcess second = start("second", data)) {
            assertServes(second, "mapped " + data.resolve("instance-2/journal.ring"));
            assertThat(warnings(first)).isEmpty();
            assertThat(warnings(second))
                    .singleElement()
                    .asString()
                    .contains("data-dir " + data + " is in use by another process; this one keeps its data in "
                            + data.resolve("instance-2"));
            Oracle ofFirst = oracle("first");
            Oracle ofSecond = oracle("second");
            try (Load one = new Load(ofFirst, "1", first.port());
                    Load two = new Load(ofSecond, "2", second.port())) {
                awaitAnswers(one, 500);
                awaitAnswers(two, 500);
            }
            first.kill();
            try (ServiceProcess next = startAndServe("next", data, data)) {
                second.kill();
                startAndServe("last", data, data.resolve("instance-2")).kill();
                next.kill();
            }
            stored = assertStored(ofFirst, data) + assertStored(ofSecond, data.resolve("instance-2"));
        }
        row.held(
                stored + " requests of both, each once, in the folder and in its instance-2; killed and started again");
    }

    @Test
    void startsInMemoryWhereTheFolderIsReadOnlyAndLeavesWhatIsInIt() throws Exception {
        Battery row = Battery.row(14, "data folder read-only", 1, 1);
        Path data = home.resolve("data");
        Oracle oracle = oracle("before");
        try (ServiceProcess before = start("before", data)) {
            try (Load load = new Load(oracle, "1", before.port())) {
                awaitAnswers(load, 500);
            }
            before.kill();
        }
        Sandbox sandbox = Sandbox.readOnly(data);
        try (ServiceProcess service = start(sandbox, "read-only", data)) {
            assertServes(service, "in memory (data-dir " + data + " cannot be used)");
            assertSaysWhatToDo(service, data);
        }
        Sandbox.writable(data);
        startAndServe("after", data, data).kill();
        int stored = assertStored(oracle, data);
        row.held("in memory, with a warning, under " + sandbox.what() + "; afterwards the " + stored
                + " requests from before were all there");
    }

    @Test
    void startsInMemoryWhereTheFolderCannotBe() throws Exception {
        Battery row = Battery.row(14, "data folder below a file", 1, 1);
        Path data = Files.createFile(home.resolve("file")).resolve("data");
        try (ServiceProcess service = start("service", data)) {
            assertServes(service, "in memory (data-dir " + data + " cannot be used)");
            assertSaysWhatToDo(service, data);
        }
        row.held("in memory, with a warning");
    }

    @Test
    void makesAMissingFolder() throws Exception {
        Battery row = Battery.row(14, "data folder missing", 1, 1);
        Path data = home.resolve("not/yet/there");
        try (ServiceProcess service = start("service", data)) {
            assertServes(service, "mapped " + data.resolve("journal.ring"));
            assertThat(warnings(service)).isEmpty();
        }
        row.held("made, with its parents");
    }

    @Test
    void startsOnAFullDisk() throws Exception {
        Battery row = Battery.row(14, "data folder on a full disk", 1, 1);
        Path data = Files.createDirectories(home.resolve("data"));
        Sandbox noRing = Sandbox.diskOf(2_048, data);
        try (ServiceProcess service = start(noRing, "no-ring", data)) {
            assertServes(service, "in memory (data-dir " + data + " cannot be used)");
            assertSaysWhatToDo(service, data);
        }
        if (Sandbox.HAS_MOUNTS) { // a limit of file sizes would not tell the ring from the store
            try (ServiceProcess service = start(Sandbox.diskOf(4_130, data), "no-store", data)) {
                assertServes(service, "mapped " + data.resolve("journal.ring"));
                assertThat(warnings(service).get(0))
                        .contains("store sqlite cannot be opened yet; requests wait in the journal until it can");
            }
        }
        try (ServiceProcess service = start("room", data)) {
            assertServes(service, "mapped " + data.resolve("journal.ring"));
            assertThat(warnings(service)).isEmpty();
        }
        row.held("no room for the ring: in memory, with a warning"
                + (Sandbox.HAS_MOUNTS ? "; none for the store: requests wait in the ring" : "") + "; under "
                + noRing.what() + "; on disk again once there was room");
    }

    /** Starts a service and waits until it serves, with its journal in this folder. */
    private ServiceProcess startAndServe(String name, Path data, Path journal) throws Exception {
        ServiceProcess service = start(name, data);
        try {
            assertServes(service, "mapped " + journal.resolve("journal.ring"));
            return service;
        } catch (Throwable t) {
            service.close();
            throw t;
        }
    }

    private ServiceProcess start(String name, Path data) throws IOException {
        return start(Sandbox.NONE, name, data);
    }

    private ServiceProcess start(Sandbox sandbox, String name, Path data) throws IOException {
        Map<String, String> settings = Map.of(
                "data-dir", data.toString(),
                "journal-size", "4MiB",
                "max-endpoints", "50",
                "flush-interval", "40ms");
        return new ServiceProcess(sandbox.prefix(), settings, Files.createDirectories(home.resolve(name)));
    }

    /** Answers the application's requests, and says in its metrics where the journal is. */
    private static void assertServes(ServiceProcess service, String journal) throws Exception {
        try (Load.Connection connection = new Load.Connection(service.port())) {
            assertThat(connection.get("/orders/1")).startsWith("HTTP/1.1 200").endsWith("{\"ok\":true}");
            assertThat(connection.get("/metrics"))
                    .contains("\"journal\":\"" + journal)
                    .contains("\"journal_full\":0")
                    .contains("\"recorder_fault\":0")
                    .contains("\"GET /orders/{id}\":{\"count\":1,");
        }
        assertThat(service.isAlive()).isTrue();
    }

    private static void assertSaysWhatToDo(ServiceProcess service, Path data) {
        assertThat(warnings(service))
                .singleElement()
                .asString()
                .contains("data-dir " + data + " cannot be used")
                .contains("requests are kept in memory and lost when the process ends")
                .contains("Make the folder writable, with at least 5 MiB free, or name another with data-dir");
    }

    /** But for those about slow requests. */
    private static List<String> warnings(ServiceProcess service) {
        return service.log()
                .lines()
                .filter(line -> line.contains(" WARN millisight - "))
                .toList();
    }

    private Oracle oracle(String name) throws IOException {
        return new Oracle(Files.createDirectories(home.resolve("oracle-" + name)));
    }

    private static void awaitAnswers(Load load, long answers) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (load.answered() < answers) {
            assertThat(System.nanoTime() - deadline).as("no answers").isNegative();
            Thread.onSpinWait();
        }
    }

    private static int assertStored(Oracle oracle, Path folder) {
        try (Store store =
                Stores.open("sqlite", folder, MillisightConfig.defaults().retention())) {
            Stored stored = Stored.in(store);
            Oracle.assertExactlyOnce(oracle.seen(), stored, Load.IN_FLIGHT);
            Oracle.assertRollupsAreTheRequests(stored);
            return stored.endpoints().size();
        }
    }
}
