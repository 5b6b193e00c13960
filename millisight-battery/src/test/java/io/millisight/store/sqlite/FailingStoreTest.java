package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.battery.Battery;
import io.millisight.battery.Trial;
import io.millisight.store.StoreException;
import io.millisight.store.sqlite.JdbcFaults.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 5: every JDBC call may fail, hang until the schedule lets it go on, or fail after it has worked: a commit whose outcome is
 * unknown. A schedule is decided by its seed: requests, flushes, upkeep, reads, restarts and abrupt ends, in any order.
 */
@Timeout(3_600)
class FailingStoreTest {

    /** The share of calls that go wrong; a schedule has one of them. */
    private static final double[] RATES = {0.002, 0.01, 0.03, 0.1};

    private final Worker worker = new Worker();
    private Path folder;
    private Path template;
    private long calls;
    private long failed;
    private long failedAfterwards;
    private long hung;
    private long restarts;
    private long abruptEnds;
    private long requests;
    private long notStarted;
    private long openedLater;

    @BeforeEach
    void prepare(@TempDir Path temporary) throws IOException {
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "millisight-battery-") : temporary;
        template = folder.resolve("template");
        FaultySqlite.faults = new JdbcFaults(new Random(0), worker::hang);
        Trial.start(template, new Trial(1).clock, FaultySqlite.NAME).close();
    }

    @AfterEach
    void cleanUp() throws IOException {
        worker.close();
        Folders.delete(folder);
    }

    @Test
    void everyRequestIsStoredOnceWhateverTheStoreDoes() throws Exception {
        Battery row = Battery.row(5, "store failing", 80, 10_000);
        for (int round = 0; round < row.rounds(); round++) {
            schedule(round, false);
            row.progress(round + 1);
        }
        row.held(calls + " JDBC calls: " + failed + " failed, " + failedAfterwards + " failed after they had worked, "
                + hung
                + " hung; " + restarts + " restarts, " + abruptEnds + " abrupt ends, " + notStarted
                + " starts without the store, " + openedLater + " with one that opens later; " + requests
                + " requests, each stored once, 0 lost, 0 doubled");
    }

    @Test
    void turnsRedWhenTheTransactionDoesNotCompareTheCursor() throws Exception {
        for (int round = 0; round < 200; round++) {
            try {
                schedule(round, true);
            } catch (AssertionError red) {
                // By whichever is met first: a request that is there twice, or a rollup that counts too much.
                assertThat(red).hasMessageFindingMatch("more than once|to be between");
                return;
            }
        }
        fail("no schedule noticed that batches were stored twice");
    }

    @Test
    void aServiceThatEndsDoesNotWaitForAStoreThatHangs() throws Exception {
        Trial trial = new Trial(7);
        JdbcFaults faults = new JdbcFaults(new Random(7), worker::hang);
        FaultySqlite.faults = faults;
        Path data = folder.resolve("hanging");
        Millisight first = Trial.start(data, trial.clock, FaultySqlite.NAME);
        trial.record(first, 50);
        first.flush();
        trial.record(first, 30);
        faults.follow(sql -> sql.equals("BEGIN IMMEDIATE") ? Fault.HANG : Fault.NONE);
        Throwable failure = worker.perform(
                () -> {
                    first.flush();
                    return true;
                },
                () -> {
                    faults.end();
                    Thread.currentThread()
                            .interrupt(); // Whoever would wait, is told not to: there are seconds of patience in it.
                    first.close();
                    assertThat(Thread.interrupted()).isTrue();
                    try (Millisight second = Trial.start(data, trial.clock, FaultySqlite.NAME)) {
                        assertThat(second.journalDescription()).doesNotContain("instance-");
                        trial.record(second, 20);
                    }
                });
        assertThat(failure)
                .as("the late commit finds that somebody else has written meanwhile, and leaves it at that")
                .isInstanceOf(StoreException.class);
        assertThat(faults.open()).as("connections left open").isZero();
        try (Millisight third = Trial.start(data, trial.clock, FaultySqlite.NAME)) {
            assertThat(third.ledger().pending()).isZero();
            trial.check(Objects.requireNonNull(FaultySqlite.opened));
        }
    }

    private void schedule(long seed, boolean mutated) throws Exception {
        try {
            new Schedule(seed, mutated).run();
        } catch (AssertionError | Exception e) {
            throw new AssertionError("schedule " + seed + ": " + e.getMessage(), e);
        }
    }

    /** One schedule. The worker makes all calls to the store; this thread is the one of the requests, and never waits for it. */
    private final class Schedule {

        private final Random random;
        private final JdbcFaults faults;
        private final JdbcFaults.Script script;
        private final Trial trial;
        private Path data;
        private @Nullable Millisight millisight;
        private int copies;

        Schedule(long seed, boolean mutated) throws IOException {
            random = new Random(seed);
            trial = new Trial(random.nextLong());
            faults = new JdbcFaults(new Random(random.nextLong()), worker::hang);
            script = script(new Random(random.nextLong()), RATES[random.nextInt(RATES.length)]);
            data = folder.resolve("run-" + seed);
            if (random.nextInt(3) > 0) {
                Folders.copy(template, data);
            }
            if (mutated) {
                faults.hideCursorFromTransactions();
            }
        }

        /**
         * Any call of the worker may meet any fault; a commit of unknown outcome is the hardest, and so is met more often. The store's own
         * thread, which a check that turns wakes at any time, meets none: a schedule must be the same each time.
         */
        private JdbcFaults.Script script(Random fate, double rate) {
            Fault[] all = Fault.values();
            return sql -> {
                if (!worker.isCurrentThread()) {
                    return Fault.NONE;
                }
                if (fate.nextDouble() < rate) {
                    return all[1 + fate.nextInt(all.length - 1)];
                }
                return sql.equals("COMMIT") && fate.nextDouble() < 4 * rate ? Fault.FAIL_AFTERWARDS : Fault.NONE;
            };
        }

        void run() throws Exception {
            FaultySqlite.faults = faults;
            faults.follow(script);
            try {
                start();
                int steps = 8 + random.nextInt(20);
                for (int step = 0; step < steps; step++) {
                    step();
                }
                faults.end();
                check();
            } finally {
                faults.end();
                count();
                if (millisight != null) {
                    millisight.close();
                }
            }
            assertThat(faults.open()).as("connections left open").isZero();
            for (int n = 0; n <= copies; n++) {
                Folders.delete(n == 0 ? data : data.resolveSibling(data.getFileName() + "-" + n));
            }
        }

        private void step() throws Exception {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> trial.record(running(), 1 + random.nextInt(60));
                case 5, 6, 7, 8, 9 ->
                    perform("flush", () -> {
                        running().flush();
                        return true;
                    });
                case 10, 11 -> trial.clock.advance(Duration.ofSeconds(1 + random.nextInt(180)));
                case 12, 13, 14, 15 -> perform("upkeep", () -> store().maintain(trial.clock.epochMicros()));
                case 16, 17 -> {
                    boolean rollups = random.nextBoolean();
                    perform("read", () -> trial.read(running(), rollups));
                }
                case 18 -> {
                    restarts++;
                    stop();
                    start();
                }
                default -> endAbruptly();
            }
            checkLedger();
        }

        private Millisight running() {
            return Objects.requireNonNull(millisight);
        }

        private SqliteStore store() {
            return Objects.requireNonNull(FaultySqlite.opened);
        }

        /** What the store does badly is told to who asked for it, and to nobody else. */
        private void perform(String doing, Callable<?> task) throws Exception {
            Throwable failure = worker.perform(task, this::whileItHangs);
            if (failure != null
                    && !(failure instanceof StoreException)
                    && !(failure instanceof IllegalStateException)) {
                throw new AssertionError(doing + " threw " + failure, failure);
            }
        }

        /** The call to the store does not return before this has ended: whoever waited for it, would wait for ever. */
        private void whileItHangs() {
            Millisight current = millisight;
            if (current != null) {
                trial.record(current, 1 + random.nextInt(10));
                checkLedger();
                assertThat(current.summary().totalRequests()).isNotNegative();
            }
        }

        private void start() throws Exception {
            SqliteStore before = FaultySqlite.opened;
            Millisight started = started();
            if (started.journalDescription().startsWith("in memory")) {
                notStarted++; // The service runs, and what an earlier one has left waits for the next start.
                started.close();
                faults.end();
                started = started();
                faults.follow(script);
            }
            openedLater += FaultySqlite.opened == before ? 1 : 0;
            assertThat(started.journalDescription()).contains(data.toString()).doesNotContain("instance-");
            millisight = started;
        }

        private Millisight started() throws Exception {
            Throwable failure = worker.perform(() -> Trial.start(data, trial.clock, FaultySqlite.NAME), () -> {});
            if (failure != null) {
                throw new AssertionError("start threw " + failure, failure);
            }
            return (Millisight) Objects.requireNonNull(worker.result());
        }

        private void stop() throws Exception {
            Millisight ending = running();
            millisight = null; // A request that comes while it closes is not promised to be taken.
            Throwable failure = worker.perform(
                    () -> {
                        ending.close();
                        return true;
                    },
                    () -> {});
            if (failure != null) {
                throw new AssertionError("close threw " + failure, failure);
            }
        }

        /** The files as they are at this moment are what a killed process leaves; it goes on from them. */
        private void endAbruptly() throws Exception {
            abruptEnds++;
            Path left = data.resolveSibling(folder.relativize(data) + "-" + ++copies);
            faults.still(() -> Folders.copy(data, left));
            faults.follow(sql -> Fault.FAIL);
            stop();
            Folders.delete(data);
            data = left;
            faults.follow(script);
            start();
        }

        private void checkLedger() {
            Ledger ledger = running().ledger();
            long dropped = ledger.dropped().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(ledger.seen()).as("seen").isEqualTo(ledger.stored() + ledger.pending() + dropped);
            assertThat(dropped).as("dropped").isZero();
        }

        private void check() throws Exception {
            trial.clock.advance(Duration.ofSeconds(2)); // A store that could not be opened at the start is tried again.
            running().storeStatus();
            running().flush();
            checkLedger();
            assertThat(running().ledger().pending()).as("pending").isZero();
            trial.check(store());
            stop();
            faults.end();
            start();
            trial.clock.advance(Duration.ofHours(2));
            while (store().maintain(trial.clock.epochMicros())) {}
            trial.check(store());
        }

        private void count() {
            calls += faults.calls();
            failed += faults.met(Fault.FAIL) + faults.met(Fault.HANG_AND_FAIL);
            failedAfterwards += faults.met(Fault.FAIL_AFTERWARDS);
            hung += faults.met(Fault.HANG) + faults.met(Fault.HANG_AND_FAIL);
            requests += trial.recorded();
        }
    }

    /** Folders of a few small files. */
    private static final class Folders {

        static void copy(Path from, Path to) throws IOException {
            Files.createDirectories(to);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }

        static void delete(Path folder) throws IOException {
            if (!Files.exists(folder)) {
                return;
            }
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
