package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 7: SQLite's files locked, made read-only, deleted and damaged by others, while a service stores into them. */
class HarmedDatabaseTest {

    private static final long DISK_BYTES = 400L << 20;
    private static final long SEED = 7;

    /** What is done to the database, and what a service may say of it. */
    private enum Harm {
        LOCKED_FOR_A_MOMENT(true, ""),
        LOCKED_FOR_LONG(true, "the store is away"),
        LOCKED_AT_THE_START(true, "cannot be opened yet"),
        READ_ONLY(true, "the store is away"),
        READ_ONLY_AT_THE_START(true, "cannot be opened yet|the store is away"),
        WAL_DELETED(true, "another hand"),
        SHM_OVERWRITTEN(true, ""),
        WAL_OVERWRITTEN(false, "another hand"),
        DELETED(false, "another hand"),
        ALL_DELETED(false, "another hand"),
        REPLACED(false, "another hand"),
        OVERWRITTEN(false, "another hand"),
        CUT_IN_HALF(false, "another hand"),
        EMPTIED(false, "another hand"),
        /** Last: blocks and rollups that are lost singly need not agree afterwards. */
        PAGES_OVERWRITTEN(false, "another hand");

        final boolean harmless;
        final String warning;

        Harm(boolean harmless, String warning) {
            this.harmless = harmless;
            this.warning = warning;
        }
    }

    private final Battery row =
            Battery.row(7, "database locked, read-only, deleted, damaged", Harm.values().length, 200);
    private SmallDisk disk;
    private OtherProgram other;
    private SteadyTraffic traffic;
    private FaultedProcess service;
    private Path data;
    private Path database;
    private int answersOfEarlierLives;
    private int requests;
    private int lost;
    private int warnings;
    private int skipped;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        disk = SmallDisk.over(folder, DISK_BYTES);
        other = new OtherProgram(disk);
        data = folder.resolve("data");
    }

    @AfterEach
    void close() {
        if (service != null) {
            service.close();
        }
        other.close();
        disk.close();
    }

    @Test
    void whateverIsDoneToTheDatabaseNoRequestFailsAndWhatComesAfterwardsIsStoredInASoundOne() throws Exception {
        for (int round = 0; round < row.rounds(); round++) {
            Harm harm = Harm.values()[round % Harm.values().length];
            if (round % Harm.values().length == 0) {
                beginALap(round);
            }
            try {
                round(harm, new Random(SEED + round));
            } catch (Throwable t) {
                throw new AssertionError(
                        "round " + round + ", " + harm + ": " + t.getMessage() + "\n"
                                + String.join("\n", service.log()),
                        t);
            }
            row.progress(round + 1);
        }
        row.held("%d requests, 0 failed; %d stored ones lost with the files that held them, 0 others; %d warnings; "
                        .formatted(requests + traffic.answers(), lost, warnings)
                + "integrity ok in every round; %d rounds not possible here".formatted(skipped));
    }

    /** With an empty folder, at another place. */
    private void beginALap(int round) throws Exception {
        if (service != null) {
            service.stop();
            requests += traffic.answers();
        }
        data = data.resolveSibling("data-" + round);
        database = data.resolve("millisight.db");
        traffic = new SteadyTraffic();
        answersOfEarlierLives = 0;
        service = new FaultedProcess(disk, data);
    }

    private void round(Harm harm, Random random) throws Exception {
        traffic.send(service, 120);
        settle();
        int said = service.said();
        Books before = service.books();
        switch (harm) {
            case LOCKED_FOR_A_MOMENT, LOCKED_FOR_LONG -> {
                other.lock(database);
                traffic.send(service, 120);
                if (harm == Harm.LOCKED_FOR_LONG) {
                    service.awaitWord(said, line -> line.contains("the store is away"));
                }
                other.unlock();
            }
            case LOCKED_AT_THE_START, READ_ONLY_AT_THE_START -> startInto(harm);
            case READ_ONLY -> {
                other.lock(database); // So that it opens the file again when it is read-only already.
                traffic.send(service, 60);
                Files.setLastModifiedTime(disk.seen(database), FileTime.fromMillis(1));
                boolean possible = makeReadOnly();
                other.unlock();
                traffic.send(service, 60);
                if (possible) {
                    service.awaitWord(said, line -> line.contains("the store is away"));
                    makeWritable();
                }
            }
            case WAL_DELETED, SHM_OVERWRITTEN, WAL_OVERWRITTEN -> harm(harm, random);
            default -> {
                if (harm == Harm.PAGES_OVERWRITTEN) {
                    restart(); // Moves the WAL into the database: it has pages then.
                    said = 0;
                }
                traffic.begin(service);
                harm(harm, random);
            }
        }
        int sentAfterwards = traffic.sent();
        traffic.pause();
        traffic.send(service, 120);
        settle();
        Books books = service.books();
        assertThat(traffic.failures()).isEmpty();
        assertHolds(harm, before, books, sentAfterwards);
        assertThat(other.integrity(database)).isEqualTo("ok");
        assertSaid(harm, harm == Harm.LOCKED_AT_THE_START || harm == Harm.READ_ONLY_AT_THE_START ? 0 : said);
    }

    /** Kills the service, and starts it while it cannot have its database. */
    private void startInto(Harm harm) throws Exception {
        traffic.send(service, 60);
        service.await("the last records", () -> service.ledger().get("seen") >= seenOfThisLife());
        service.kill();
        boolean possible = true;
        if (harm == Harm.LOCKED_AT_THE_START) {
            other.lockOut(database);
        } else {
            possible = makeReadOnly();
        }
        answersOfEarlierLives = traffic.answers();
        service = new FaultedProcess(disk, data);
        traffic.send(service, 120);
        if (harm == Harm.LOCKED_AT_THE_START) {
            other.unlock();
        } else if (possible) {
            service.await("the read-only file to be felt", () -> !service.flush());
            makeWritable();
        }
    }

    private void restart() throws Exception {
        service.stop();
        answersOfEarlierLives = traffic.answers();
        service = new FaultedProcess(disk, data);
    }

    private int seenOfThisLife() {
        return traffic.answers() - answersOfEarlierLives;
    }

    /** All recorded and stored. */
    private void settle() {
        service.await("the last records", () -> service.ledger().get("seen") >= seenOfThisLife());
        service.catchUp();
        Map<String, Long> ledger = service.ledger();
        long dropped = ledger.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("dropped."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(ledger.get("seen")).isEqualTo(ledger.get("stored") + ledger.get("pending") + dropped);
        assertThat(ledger).containsEntry("pending", 0L);
        assertThat(dropped).isZero();
    }

    private void harm(Harm harm, Random random) throws IOException {
        Path db = disk.seen(database);
        Path wal = disk.seen(Path.of(database + "-wal"));
        Path shm = disk.seen(Path.of(database + "-shm"));
        long size = Files.size(db);
        switch (harm) {
            case WAL_DELETED -> Files.delete(wal);
            case WAL_OVERWRITTEN -> overwrite(wal, 0, Files.size(wal), random);
            case SHM_OVERWRITTEN -> overwrite(shm, 0, Files.size(shm), random);
            case DELETED -> Files.delete(db);
            case ALL_DELETED -> {
                Files.delete(db);
                Files.delete(wal);
                Files.delete(shm);
            }
            case REPLACED -> {
                Path garbage = db.resolveSibling("garbage");
                Files.createFile(garbage);
                overwrite(garbage, 0, 100_000, random);
                Files.move(garbage, db, StandardCopyOption.REPLACE_EXISTING);
            }
            case OVERWRITTEN -> overwrite(db, 0, size, random);
            case CUT_IN_HALF -> truncate(db, size / 2);
            case EMPTIED -> truncate(db, 0);
            case PAGES_OVERWRITTEN -> {
                for (int pages = 1 + random.nextInt(3); pages > 0; pages--) {
                    overwrite(db, 8_192L * (1 + random.nextInt((int) (size / 8_192) - 1)), 8_192, random);
                }
            }
            default -> throw new AssertionError(harm);
        }
    }

    private static void overwrite(Path file, long from, long bytes, Random random) throws IOException {
        byte[] garbage = new byte[(int) bytes];
        random.nextBytes(garbage);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(garbage), from);
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    /** By a read-only mount of the file on itself, as modes do not hold root; false where neither is possible. */
    private boolean makeReadOnly() throws Exception {
        if (disk.isApart()) {
            disk.run("sh", "-c", "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"", database.toString());
            return true;
        }
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("r--r--r--"));
        boolean possible = !Files.isWritable(database);
        skipped += possible ? 0 : 1;
        return possible;
    }

    private void makeWritable() throws Exception {
        if (disk.isApart()) {
            disk.run("umount", database.toString());
        } else {
            Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private void assertHolds(Harm harm, Books before, Books books, int sentAfterwards) {
        BitSet missing = traffic.answered();
        missing.andNot(books.ids());
        BitSet lostOfBefore = (BitSet) before.ids().clone();
        lostOfBefore.andNot(books.ids());
        if (harm.harmless) {
            assertThat(lostOfBefore.cardinality()).as("lost by a harmless harm").isZero();
        }
        lost += lostOfBefore.cardinality();
        assertThat(missing.nextSetBit(sentAfterwards))
                .as("the first lost of those sent afterwards")
                .isNegative();
        if (harm == Harm.PAGES_OVERWRITTEN) {
            assertThat(books.doubled()).isZero();
        } else {
            books.assertRollupsCountEveryRequest(0);
        }
    }

    private void assertSaid(Harm harm, int from) {
        List<String> said = service.warnings(from);
        warnings += said.size();
        assertThat(said).as("state changes, not events").hasSizeLessThan(8);
        boolean done = skipped == 0 || (harm != Harm.READ_ONLY && harm != Harm.READ_ONLY_AT_THE_START);
        if (done && !harm.warning.isEmpty()) {
            assertThat(said).anyMatch(line -> line.matches(".*(" + harm.warning + ").*"));
        }
    }
}
