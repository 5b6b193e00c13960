package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.benchmarks.Table;
import io.millisight.block.RequestBlock;
import io.millisight.block.RequestFilter;
import io.millisight.block.RequestScan;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Searching all stored requests by one column. What is searched for is rare but in every block, and fewer than the page
 * takes: so nothing can be skipped, and the search cannot end early.
 */
public final class ScanFigures {

    private static final int LIMIT = 1_000;

    /** A search: how it is asked of the store, and in SQL. */
    private record Search(@Nullable Endpoint endpoint, long minNanos, int minStatus, int maxStatus, String sql) {

        RequestFilter filter() {
            RequestFilter filter =
                    RequestFilter.ALL.lasting(minNanos, Long.MAX_VALUE).withStatus(minStatus, maxStatus);
            return endpoint == null ? filter : filter.ofEndpoint(Traffic.ENDPOINTS);
        }

        RequestQuery query(TimeRange all) {
            return new RequestQuery(
                    all, Scope.ALL, endpoint, minNanos, Long.MAX_VALUE, minStatus, maxStatus, null, LIMIT, null);
        }
    }

    private static final Map<String, Search> SEARCHES = new TreeMap<>(Map.of(
            "by endpoint", new Search(Traffic.RARE, 0, 0, 999, "endpoint = '" + Traffic.RARE.route() + "'"),
            "by status",
                    new Search(
                            null, 0, Traffic.RARE_STATUS, Traffic.RARE_STATUS, "status_code = " + Traffic.RARE_STATUS),
            "by duration",
                    new Search(
                            null,
                            Traffic.RARE_NANOS,
                            0,
                            999,
                            "response_time_ms >= " + Traffic.RARE_NANOS / 1_000_000)));

    private ScanFigures() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Progress.say("scan: filling");
        Path folder = Scratch.folder("scan");
        try (BlockStore blocks = new BlockStore(folder.resolve("blocks.db"));
                RowTable rows = new RowTable(folder.resolve("rows.db"), false)) {
            Traffic traffic = new Traffic(System.currentTimeMillis() * 1_000 - 4L * 86_400_000_000L);
            blocks.fill(traffic, effort.scannedRequests());
            Traffic rowTraffic = new Traffic(0);
            for (int left = effort.scannedRows(); left > 0; left -= BlockStore.BATCH) {
                rows.insert(rowTraffic, Math.min(left, BlockStore.BATCH));
            }
            List<byte[]> bare = bareBlocks(effort.scannedRequests());
            TimeRange all = new TimeRange(0, traffic.nowMicros() + 1);
            Map<String, Rounds> blockMillis = new TreeMap<>();
            Map<String, Rounds> bareMillis = new TreeMap<>();
            Map<String, Rounds> rowMillis = new TreeMap<>();
            for (int round = 0; round <= effort.storeRounds(); round++) {
                Progress.round("scan", round, effort.storeRounds());
                for (Map.Entry<String, Search> search : SEARCHES.entrySet()) {
                    double ofBlocks = millis(effort.scannedRequests(), () -> blocks.store()
                            .requests(search.getValue().query(all))
                            .requests()
                            .size());
                    double ofBare = millis(
                            effort.scannedRequests(),
                            () -> scan(bare, search.getValue().filter()));
                    double ofRows = millis(
                            effort.scannedRows(),
                            () -> rows.scan(search.getValue().sql(), LIMIT));
                    if (round > 0) {
                        blockMillis
                                .computeIfAbsent(search.getKey(), name -> new Rounds())
                                .add(ofBlocks);
                        bareMillis
                                .computeIfAbsent(search.getKey(), name -> new Rounds())
                                .add(ofBare);
                        rowMillis
                                .computeIfAbsent(search.getKey(), name -> new Rounds())
                                .add(ofRows);
                    }
                }
            }
            return new Figures("scan", table(effort, blockMillis, bareMillis, rowMillis));
        } finally {
            Scratch.delete(folder);
        }
    }

    /** The same requests as blocks in memory, a portion of the running system each. */
    private static List<byte[]> bareBlocks(int requests) throws Exception {
        List<byte[]> blocks = new ArrayList<>();
        Traffic traffic = new Traffic(0);
        for (int left = requests; left > 0; left -= BlockStore.BATCH) {
            blocks.add(RequestBlock.encode(
                    traffic.batch(Math.min(left, BlockStore.BATCH)).requests()));
        }
        return blocks;
    }

    private static int scan(List<byte[]> blocks, RequestFilter filter) {
        RequestScan scan = new RequestScan(filter);
        int[] found = new int[1];
        for (byte[] block : blocks) {
            scan.scan(block, (row, time, nanos, endpoint, status, outcome, user) -> found[0]++);
        }
        return found[0];
    }

    private interface Counted {
        int run() throws Exception;
    }

    private static double millis(int requests, Counted search) throws Exception {
        int[] found = new int[1];
        Cost cost = Cost.of(() -> found[0] = search.run());
        int least = requests / Traffic.RARE_EVERY;
        if (found[0] < least || found[0] > least + 1) {
            throw new IllegalStateException(found[0] + " requests found; expected: " + least + " or one more");
        }
        return cost.wallNanos() / 1e6;
    }

    private static Table table(
            Effort effort,
            Map<String, Rounds> blockMillis,
            Map<String, Rounds> bareMillis,
            Map<String, Rounds> rowMillis) {
        double scale = (double) effort.scannedRequests() / effort.scannedRows();
        Table table = new Table(
                String.format("search %,d stored requests", effort.scannedRequests()),
                "blocks, ms",
                "lowest-highest round",
                "floor: bare blocks in memory, ms",
                "blocks over floor",
                String.format("rows without index, ms (%,d, times %.0f)", effort.scannedRows(), scale),
                "rows over blocks");
        for (String search : SEARCHES.keySet()) {
            double ofBlocks = blockMillis.get(search).median();
            double ofBare = bareMillis.get(search).median();
            double ofRows = scale * rowMillis.get(search).median();
            table.row(
                    search,
                    Table.number(ofBlocks),
                    blockMillis.get(search).spread(),
                    Table.number(ofBare),
                    Table.ratio(ofBlocks / ofBare),
                    Table.number(ofRows),
                    Table.ratio(ofRows / ofBlocks));
        }
        return table;
    }
}
