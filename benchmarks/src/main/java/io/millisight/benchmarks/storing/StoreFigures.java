package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Median;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Storing requests, as blocks and as rows, taking turns: how fast, and how large. */
public final class StoreFigures {

    /** What is timed of one way to store, round by round. */
    private static final class Rounds {
        private final List<Double> perSecond = new ArrayList<>();
        private final List<Double> perCpuSecond = new ArrayList<>();
        private final List<Double> bytes = new ArrayList<>();

        void add(Cost cost, int requests) {
            perSecond.add(requests * 1e9 / cost.wallNanos());
            perCpuSecond.add(requests * 1e9 / cost.cpuNanos());
        }
    }

    private final Effort effort;
    private final Rounds gatheredAndStored = new Rounds();
    private final Rounds stored = new Rounds();
    private final Rounds indexedRows = new Rounds();
    private final Rounds bareRows = new Rounds();

    private StoreFigures(Effort effort) {
        this.effort = effort;
    }

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        StoreFigures figures = new StoreFigures(effort);
        figures.blocks(new Rounds(), new Rounds());
        for (int round = 1; round <= effort.storeRounds(); round++) {
            Progress.round("store", round, effort.storeRounds());
            figures.blocks(figures.gatheredAndStored, figures.stored);
            figures.rows(true, figures.indexedRows);
            figures.rows(false, figures.bareRows);
        }
        return new Figures("store", figures.table());
    }

    private void blocks(Rounds whole, Rounds storing) throws Exception {
        Path folder = Scratch.folder("blocks");
        int requests = effort.storedRequests();
        try {
            BlockStore blocks = new BlockStore(folder.resolve("blocks.db"));
            blocks.fill(traffic(), requests);
            Cost closing = Cost.of(blocks::close);
            Cost storingCost = blocks.committing().plus(blocks.merging()).plus(closing);
            storing.add(storingCost, requests);
            whole.add(storingCost.plus(blocks.gathering()), requests);
            storing.bytes.add((double) Scratch.bytes(folder) / requests);
        } finally {
            Scratch.delete(folder);
        }
    }

    private void rows(boolean index, Rounds rounds) throws Exception {
        Path folder = Scratch.folder("rows");
        int requests = effort.storedRows();
        try {
            RowTable table = new RowTable(folder.resolve("rows.db"), index);
            Traffic traffic = traffic();
            rounds.add(
                    Cost.of(() -> {
                        for (int left = requests; left > 0; left -= BlockStore.BATCH) {
                            table.insert(traffic, Math.min(left, BlockStore.BATCH));
                        }
                        table.close();
                    }),
                    requests);
            rounds.bytes.add((double) Scratch.bytes(folder) / requests);
        } finally {
            Scratch.delete(folder);
        }
    }

    private static Traffic traffic() {
        return new Traffic(System.currentTimeMillis() * 1_000 - 86_400_000_000L);
    }

    private Table table() {
        Table table = new Table(
                "store requests", "requests/s", "requests per CPU second", "over rows with index", "bytes each");
        row(table, "**blocks, rollups and merging included**", stored, stored);
        row(table, "the same, and making columns and rollups from single requests", gatheredAndStored, stored);
        row(table, "one row each, specified index", indexedRows, indexedRows);
        row(table, "one row each, no index", bareRows, bareRows);
        return table;
    }

    private void row(Table table, String name, Rounds rounds, Rounds sized) {
        double perSecond = Median.of(rounds.perSecond);
        table.row(
                name,
                Table.number(perSecond),
                Table.number(Median.of(rounds.perCpuSecond)),
                Table.ratio(perSecond / Median.of(indexedRows.perSecond)),
                Table.number(Median.of(sized.bytes)));
    }
}
