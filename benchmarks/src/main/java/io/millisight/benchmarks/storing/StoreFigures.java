package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.block.RequestBlock;
import io.millisight.block.RequestColumns;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Storing requests, as blocks and as rows, taking turns: how fast, and how large. */
public final class StoreFigures {

    /** What is timed of one way to store, round by round. */
    private static final class Way {
        private final Rounds perSecond = new Rounds();
        private final Rounds perCpuSecond = new Rounds();
        private final Rounds bytes = new Rounds();

        void add(Cost cost, int requests) {
            perSecond.add(requests * 1e9 / cost.wallNanos());
            perCpuSecond.add(requests * 1e9 / cost.cpuNanos());
        }
    }

    private final Effort effort;
    private final Way gatheredAndStored = new Way();
    private final Way stored = new Way();
    private final Way indexedRows = new Way();
    private final Way bareRows = new Way();
    private final Way bareBlocks = new Way();

    private StoreFigures(Effort effort) {
        this.effort = effort;
    }

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        StoreFigures figures = new StoreFigures(effort);
        figures.blocks(new Way(), new Way());
        for (int round = 1; round <= effort.storeRounds(); round++) {
            Progress.round("store", round, effort.storeRounds());
            figures.blocks(figures.gatheredAndStored, figures.stored);
            figures.bareBlocks();
            figures.rows(true, figures.indexedRows);
            figures.rows(false, figures.bareRows);
        }
        return new Figures("store", figures.table());
    }

    private void blocks(Way whole, Way storing) throws Exception {
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

    /** No database, no rollups: each batch encoded, and appended to a file. */
    private void bareBlocks() throws Exception {
        Path folder = Scratch.folder("bare");
        int requests = effort.storedRequests();
        try (FileChannel file =
                FileChannel.open(folder.resolve("blocks"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Traffic traffic = traffic();
            Cost cost = Cost.NONE;
            for (int left = requests; left > 0; left -= BlockStore.BATCH) {
                RequestColumns columns =
                        traffic.batch(Math.min(left, BlockStore.BATCH)).requests();
                cost = cost.plus(Cost.of(() -> file.write(ByteBuffer.wrap(RequestBlock.encode(columns)))));
            }
            bareBlocks.add(cost.plus(Cost.of(() -> file.force(true))), requests);
            bareBlocks.bytes.add((double) file.size() / requests);
        } finally {
            Scratch.delete(folder);
        }
    }

    private void rows(boolean index, Way way) throws Exception {
        Path folder = Scratch.folder("rows");
        int requests = effort.storedRows();
        try {
            RowTable table = new RowTable(folder.resolve("rows.db"), index);
            Traffic traffic = traffic();
            way.add(
                    Cost.of(() -> {
                        for (int left = requests; left > 0; left -= BlockStore.BATCH) {
                            table.insert(traffic, Math.min(left, BlockStore.BATCH));
                        }
                        table.close();
                    }),
                    requests);
            way.bytes.add((double) Scratch.bytes(folder) / requests);
        } finally {
            Scratch.delete(folder);
        }
    }

    private static Traffic traffic() {
        return new Traffic(System.currentTimeMillis() * 1_000 - 86_400_000_000L);
    }

    private Table table() {
        Table table = new Table(
                "store requests",
                "requests/s",
                "lowest-highest round",
                "requests per CPU second",
                "over rows with index",
                "bytes each");
        row(table, "**blocks, rollups and merging included**", stored, stored);
        row(table, "the same, and making columns and rollups from single requests", gatheredAndStored, stored);
        row(table, "floor: blocks alone, appended to a file", bareBlocks, bareBlocks);
        row(table, "one row each, specified index", indexedRows, indexedRows);
        row(table, "one row each, no index", bareRows, bareRows);
        return table;
    }

    private void row(Table table, String name, Way way, Way sized) {
        double perSecond = way.perSecond.median();
        table.row(
                name,
                Table.number(perSecond),
                way.perSecond.spread(),
                Table.number(way.perCpuSecond.median()),
                Table.ratio(perSecond / indexedRows.perSecond.median()),
                Table.number(sized.bytes.median()));
    }
}
