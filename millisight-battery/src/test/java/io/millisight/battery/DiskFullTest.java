package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 4: the disk is full, and free again, at whatever moment. */
class DiskFullTest {

    private static final long DISK_BYTES = 40 << 20;

    /** What the service is about when the disk fills up. */
    private enum Moment {
        NEW_ENDPOINTS,
        CHECKPOINT,
        UPKEEP,
        COMMIT,
        WAL_GROWTH,
    }

    private final SteadyTraffic traffic = new SteadyTraffic();
    private final Battery row = Battery.row(4, "disk full and freed", 3, 50);
    private SmallDisk disk;
    private Path wal;
    private int endpoints = 5;
    private int felt;
    private int failedCheckpoints;
    private int answeredWhileFull;

    @Test
    void aFullDiskFailsNoRequestAndEndsNoServiceAndCostsNothingOnceItIsFree(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        wal = data.resolve("millisight.db-wal");
        try (SmallDisk small = SmallDisk.over(folder, DISK_BYTES)) {
            disk = small;
            Books books;
            long givenUp;
            try (FaultedProcess service = new FaultedProcess(disk, data)) {
                for (int cycle = 0; cycle < row.rounds(); cycle++) {
                    cycle(service, cycle);
                    row.progress(cycle + 1);
                }
                givenUp = service.ledger().get("dropped.store_away");
                books = service.books();
                assertHoldsWhatWasAnswered(books, givenUp);
                service.stop();
            }
            try (FaultedProcess again = new FaultedProcess(disk, data)) {
                assertThat(again.books()).isEqualTo(books);
                assertThat(again.warnings(0)).isEmpty();
                again.stop();
            }
            row.held("%d requests, %d while full, 0 failed; store felt it in %d cycles, checkpoints failed in %d; "
                            .formatted(traffic.answers(), answeredWhileFull, felt, failedCheckpoints)
                    + "%d given up and counted; %s".formatted(givenUp, disk.description()));
        }
    }

    private void cycle(FaultedProcess service, int cycle) throws Exception {
        Moment moment = Moment.values()[cycle % Moment.values().length];
        boolean overflow = cycle % 10 == 8;
        int saidBefore = service.said();
        traffic.begin(service);
        if (moment == Moment.CHECKPOINT) {
            service.await("a WAL that is nearly due", () -> service.flush() && sizeOfWal() > (8 << 20) - (300 << 10));
        }
        boolean exactly = moment == Moment.CHECKPOINT || moment == Moment.UPKEEP;
        if (exactly) {
            traffic.pause();
            service.catchUp();
        }
        disk.fill(service.handle(), leaving(moment));
        if (moment == Moment.UPKEEP) {
            service.forward(Duration.ofMinutes(2)); // With nobody between claim and seal, who would be given up.
        }
        if (exactly) {
            traffic.begin(service);
        }
        int before = traffic.answers();
        if (moment == Moment.NEW_ENDPOINTS) {
            endpoints = Math.min(endpoints + 20, 350);
            traffic.over(endpoints);
        }
        service.await("the full disk to be felt", () -> !service.flush());
        int wanted = before + (overflow ? 20_000 : 300);
        service.await(
                "requests while full",
                () -> traffic.answers() >= wanted || !traffic.failures().isEmpty());
        assertBalanced(service.ledger());
        answeredWhileFull += traffic.answers() - before;
        disk.free(service.handle());
        service.catchUp();
        traffic.pause();
        // A client may have its answer an instant before it is recorded.
        service.await("the last records", () -> service.ledger().get("seen") >= traffic.answers());
        service.catchUp();
        Map<String, Long> ledger = service.ledger();
        assertBalanced(ledger);
        assertThat(ledger).containsEntry("pending", 0L).containsEntry("seen", (long) traffic.answers());
        assertThat(traffic.failures()).isEmpty();
        assertThat(service.isAlive()).isTrue();
        felt += said(service, saidBefore, "the store is away");
        failedCheckpoints += said(service, saidBefore, "its WAL cannot be moved into it");
        assertThat(service.warnings(saidBefore)).as("state changes, not events").hasSizeBetween(1, 12);
    }

    /** Room for the WAL up to its checkpoint, and not for the checkpoint; or for some commits; or none. */
    private long leaving(Moment moment) {
        return switch (moment) {
            case CHECKPOINT -> Math.max(0, (8 << 20) - sizeOfWal()) + (70 << 10);
            case WAL_GROWTH -> 300 << 10;
            default -> 0;
        };
    }

    private static int said(FaultedProcess service, int from, String words) {
        return service.warnings(from).stream().anyMatch(line -> line.contains(words)) ? 1 : 0;
    }

    private long sizeOfWal() {
        try {
            return Files.size(disk.seen(wal));
        } catch (IOException e) {
            return 0;
        }
    }

    private static void assertBalanced(Map<String, Long> ledger) {
        long dropped = ledger.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("dropped."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(ledger.get("seen")).isEqualTo(ledger.get("stored") + ledger.get("pending") + dropped);
        assertThat(dropped).as("dropped but for store_away").isEqualTo(ledger.get("dropped.store_away"));
    }

    private void assertHoldsWhatWasAnswered(Books books, long givenUp) {
        BitSet missing = traffic.answered();
        missing.andNot(books.ids());
        assertThat(missing.cardinality()).as("answered and not stored").isEqualTo((int) givenUp);
        assertThat(books.requestsInRollups()).isEqualTo(traffic.answers());
        books.assertRollupsCountEveryRequest(givenUp);
    }
}
