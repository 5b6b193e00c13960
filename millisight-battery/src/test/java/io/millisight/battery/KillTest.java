package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.store.Store;
import io.millisight.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 1: a real service is killed with {@code kill -9}, again and again, under load and while it recovers. */
class KillTest {

    private static final long SEED = 20_260_101;
    private static final int LEAST_RATE = 2_000;

    /** Each round takes the same data folder through so many crashes. */
    private static final int CRASHES = 2;

    private static final long LEAST_STRETCH_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long MORE_STRETCH_NANOS = TimeUnit.MILLISECONDS.toNanos(120);
    private static final long REACH_RATE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path root;

    private int underLoad;
    private int duringRecovery;
    private int idle;
    private int restarts;
    private long requests;
    private long answeredEarlyLost;
    private long unansweredStored;
    private long torn;
    private long loadNanos;
    private long loadAnswers;

    /** How long recovery takes, as far as kills have shown: they are aimed by it. */
    private double recoveryNanos = 100e6;

    @Test
    void losesAndDoublesNoRequestWhenTheServiceIsKilledAtAnyInstant() throws Exception {
        Battery row = Battery.row(1, "kill -9", 25, 1_000);
        int half = row.rounds() / 2;
        for (int round = 0; underLoad < row.rounds() - half || duringRecovery < half; round++) {
            assertThat(round).as("rounds that were needed").isLessThan(row.rounds());
            new Round(round).run();
            row.progress(Math.min(underLoad, row.rounds() - half) + Math.min(duringRecovery, half));
        }
        double rate = loadAnswers / (loadNanos / 1e9);
        row.held(String.format(
                Locale.ROOT,
                "%d kills under load of %.0f requests/s, %d during recovery, %d more; %d restarts verified: of %d requests"
                        + " answered none lost, none doubled; %d stored without an answer, %d torn slots; of the answers"
                        + " that went out before their handler ended %d not stored",
                underLoad,
                rate,
                duringRecovery,
                idle,
                restarts,
                requests,
                unansweredStored,
                torn,
                answeredEarlyLost));
    }

    /** One data folder from its first start to its end. */
    private final class Round {

        private final int number;
        private final Random random;
        private final Path home;
        private final Path data;
        private final Oracle oracle;
        private final Map<String, String> settings;
        private int inFlight;
        private int unverifiedStored;
        private int unverifiedEarly;

        Round(int number) throws IOException {
            this.number = number;
            random = new Random(SEED + number);
            home = Files.createDirectories(root.resolve("round-" + number));
            data = home.resolve("data");
            oracle = new Oracle(home);
            // From commits all the time to none at all before the next start.
            String flush = List.of("10ms", "40ms", "200ms", "1s", "60s").get(random.nextInt(5));
            settings = Map.of(
                    "data-dir",
                    data.toString(),
                    "journal-size",
                    random.nextBoolean() ? "1MiB" : "4MiB",
                    "max-endpoints",
                    "50",
                    "flush-interval",
                    flush);
        }

        void run() throws Exception {
            try {
                for (int crash = 0; crash < CRASHES; crash++) {
                    killUnderLoad(crash);
                    verifyACopy("killed under load, crash " + crash);
                    int kills = 1 + random.nextInt(2);
                    for (int kill = 0; kill < kills; kill++) {
                        killDuringRecovery();
                    }
                    verifyACopy("killed during recovery, crash " + crash);
                    // The next life under load is the restart; after the last crash this is it.
                }
                restartIdle();
                verify(data, "at the end");
                requests += oracle.seen().answered().size();
                unansweredStored += unverifiedStored;
                answeredEarlyLost += unverifiedEarly;
            } catch (Throwable t) {
                throw new AssertionError("seed " + SEED + ", round " + number + ", " + settings, t);
            }
            remove(home);
        }

        private ServiceProcess start() throws IOException {
            return new ServiceProcess(List.of(), settings, home);
        }

        private void killUnderLoad(int crash) throws Exception {
            try (ServiceProcess service = start()) {
                int port = service.port();
                try (Load load = new Load(oracle, number + "." + crash, port)) {
                    awaitAnInstantUnderLoad(load);
                    service.kill();
                    inFlight += Load.IN_FLIGHT;
                    underLoad++;
                }
            }
        }

        /** Any instant, at the end of a stretch in which enough requests were answered: a fresh process is slow at first. */
        private void awaitAnInstantUnderLoad(Load load) {
            long deadline = System.nanoTime() + REACH_RATE_NANOS;
            while (true) {
                long begin = System.nanoTime();
                long before = load.answered();
                parkUntil(begin + LEAST_STRETCH_NANOS + random.nextLong(MORE_STRETCH_NANOS));
                long answers = load.answered() - before;
                long lasted = System.nanoTime() - begin;
                if (answers * 1e9 >= (double) LEAST_RATE * lasted) {
                    loadAnswers += answers;
                    loadNanos += lasted;
                    return;
                }
                assertThat(begin - deadline)
                        .as("%s requests/s were never reached", LEAST_RATE)
                        .isNegative();
            }
        }

        /** The process begins to recover, and dies at any instant of that: or a little later, which counts as another. */
        private void killDuringRecovery() throws Exception {
            try (ServiceProcess service = start()) {
                service.await(Service.OPENING);
                parkUntil(System.nanoTime() + (long) (random.nextDouble() * recoveryNanos));
                service.kill();
                if (service.hasSaid(Service.OPEN)) {
                    idle++;
                    recoveryNanos *= 0.9;
                } else {
                    duringRecovery++;
                    recoveryNanos *= 1.1;
                }
            }
        }

        private void restartIdle() throws Exception {
            try (ServiceProcess service = start()) {
                service.port();
                service.kill();
                idle++;
            }
        }

        /** Restarts twice on a copy, so that the folder itself goes through crashes alone. */
        private void verifyACopy(String when) throws IOException {
            Path copy = home.resolve("copy");
            copy(data, copy);
            verify(copy, when);
            remove(copy);
        }

        private void verify(Path folder, String when) {
            Oracle.Seen seen = oracle.seen();
            MillisightConfig config = MillisightConfig.builder()
                    .dataDirectory(folder)
                    .flushInterval(Duration.ofSeconds(60))
                    .build();
            for (int restart = 1; restart <= 2; restart++) {
                try (Millisight millisight = Millisight.start(config)) {
                    Ledger ledger = millisight.ledger();
                    Oracle.assertBalanced(ledger);
                    assertThat(ledger.pending()).as("pending").isZero();
                    torn += ledger.dropped().get("torn");
                }
                try (Store store = Stores.open("sqlite", folder, config.retention())) {
                    Stored stored = Stored.in(store);
                    unverifiedEarly = Oracle.assertExactlyOnce(seen, stored, inFlight);
                    unverifiedStored = stored.endpoints().size()
                            - seen.answered().size()
                            - (seen.answeredEarly().size() - unverifiedEarly);
                    Oracle.assertRollupsAreTheRequests(stored);
                } catch (AssertionError e) {
                    throw new AssertionError(when + ", restart " + restart, e);
                }
                restarts++;
            }
        }
    }

    private static void parkUntil(long deadline) {
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
