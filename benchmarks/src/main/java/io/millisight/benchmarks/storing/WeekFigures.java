package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a store with a week of requests takes to start with, and what it takes to let a day of them go. */
public final class WeekFigures {

    private static final int DAYS = 7;
    private static final long DAY_MICROS = 86_400_000_000L;

    private final Effort effort;
    private final Rounds started = new Rounds();
    private final Rounds answered = new Rounds();
    private final Rounds startedEmpty = new Rounds();
    private final Rounds answeredEmpty = new Rounds();
    private final Rounds trimmed = new Rounds();
    private final Rounds longestStep = new Rounds();
    private final Rounds deleted = new Rounds();

    private WeekFigures(Effort effort) {
        this.effort = effort;
    }

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("week");
        try {
            WeekFigures figures = new WeekFigures(effort);
            figures.measure(folder);
            return new Figures("week", figures.table());
        } finally {
            Scratch.delete(folder);
        }
    }

    private void measure(Path folder) throws Exception {
        Progress.say("week: filling");
        long begin = System.currentTimeMillis() * 1_000 - DAYS * DAY_MICROS;
        Path full = Files.createDirectories(folder.resolve("full"));
        Path file = full.resolve("millisight.db");
        Traffic traffic = week(begin, effort.weekRequests());
        try (BlockStore blocks = new BlockStore(file)) {
            blocks.fill(traffic, effort.weekRequests());
        }
        try (RowTable rows = new RowTable(folder.resolve("rows.db"), true)) {
            Traffic rowTraffic = week(begin, effort.scannedRows());
            for (int left = effort.scannedRows(); left > 0; left -= BlockStore.BATCH) {
                rows.insert(rowTraffic, Math.min(left, BlockStore.BATCH));
            }
            int rounds = Math.min(effort.storeRounds(), DAYS - 1);
            for (int round = 1; round <= rounds; round++) {
                Progress.round("week", round, rounds);
                start(folder.resolve("empty-" + round), startedEmpty, answeredEmpty);
                start(full, started, answered);
                trim(file, DAYS - round, traffic.nowMicros());
                long end = begin + round * DAY_MICROS;
                deleted.add(Cost.of(() -> rows.deleteBefore(end)).wallNanos() / 1e6);
            }
        }
    }

    private static Traffic week(long begin, int requests) {
        return new Traffic(begin, (double) DAYS * DAY_MICROS / requests);
    }

    private static void start(Path folder, Rounds started, Rounds answered) throws Exception {
        StartUp.Millis millis = StartUp.of(folder, DAYS * 24);
        started.add(millis.started());
        answered.add(millis.answered());
    }

    /** One day of requests, and of their minutes, after the other: retention is shortened by a day. */
    private void trim(Path file, int days, long nowMicros) throws Exception {
        Duration kept = Duration.ofDays(days);
        Retention all = Retention.defaults();
        Retention shorter = new Retention(kept, all.requestBytes(), kept, all.hours(), all.health());
        try (Store store = SqliteStore.open(file, shorter)) {
            long sum = 0;
            long longest = 0;
            boolean[] more = {true};
            while (more[0]) {
                long nanos = Cost.of(() -> more[0] = store.maintain(nowMicros)).wallNanos();
                sum += nanos;
                longest = Math.max(longest, nanos);
            }
            trimmed.add(sum / 1e6);
            longestStep.add(longest / 1e6);
        }
    }

    private Table table() {
        int requests = effort.weekRequests();
        Table table = new Table(
                String.format("a week of %,d requests, %d endpoints", requests, Traffic.ENDPOINTS),
                "ms",
                "lowest-highest round",
                "floor, ms");
        row(
                table,
                "a new process, until Millisight has started; floor: on an empty folder",
                started,
                startedEmpty.median());
        row(table, "the same, until a report over the week is answered", answered, answeredEmpty.median());
        double scale = (double) requests / effort.scannedRows();
        row(
                table,
                String.format(
                        "letting a day go, requests and minutes; floor: one DELETE of a day of %,d rows, times %.0f",
                        effort.scannedRows(), scale),
                trimmed,
                deleted.median() * scale);
        row(table, "of that: the longest step, others write between steps", longestStep, deleted.median() * scale);
        return table;
    }

    private static void row(Table table, String name, Rounds rounds, double floor) {
        table.row(name, Table.number(rounds.median()), rounds.spread(), Table.number(floor));
    }
}
