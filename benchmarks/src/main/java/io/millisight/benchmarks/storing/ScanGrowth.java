package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Curve;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Scratch;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What searching takes the more requests are stored: for a rare endpoint, so that every block is read. */
public final class ScanGrowth {

    private ScanGrowth() {}

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        Path folder = Scratch.folder("growth");
        try (BlockStore blocks = new BlockStore(folder.resolve("blocks.db"))) {
            Traffic traffic = new Traffic(System.currentTimeMillis() * 1_000 - 4L * 86_400_000_000L);
            List<Curve.Point> points = new ArrayList<>();
            int stored = 0;
            for (int size : sizes(effort.grownRequests())) {
                Progress.say(String.format("growth of a search: %,d requests", size));
                blocks.fill(traffic, size - stored);
                stored = size;
                TimeRange all = new TimeRange(0, traffic.nowMicros() + 1);
                Rounds millis = new Rounds();
                for (int round = 0; round <= effort.growthRounds(); round++) {
                    Cost cost = Cost.of(() -> requireAll(search(blocks, all), size));
                    if (round > 0) {
                        millis.add(cost.cpuNanos() / 1e6);
                    }
                }
                points.add(new Curve.Point(size, millis.median()));
            }
            return Figures.of(
                    "growth-scan",
                    List.of(new Curve("growth-scan", "one search by endpoint, CPU ms", "stored requests", points)));
        } finally {
            Scratch.delete(folder);
        }
    }

    /** From a hundredth to the largest, about three times as many each. */
    private static List<Integer> sizes(int largest) {
        int hundredth = largest / 100;
        int tenth = largest / 10;
        return List.of(hundredth, 3 * hundredth, tenth, 3 * tenth, largest);
    }

    private static RequestPage search(BlockStore blocks, TimeRange all) {
        return blocks.store()
                .requests(new RequestQuery(
                        all, Scope.ALL, Traffic.RARE, 0, Long.MAX_VALUE, 0, 999, null, RequestQuery.MAX_LIMIT, null));
    }

    private static void requireAll(RequestPage page, int stored) {
        int least = stored / Traffic.RARE_EVERY;
        if (page.requests().size() < least || page.requests().size() > least + 1) {
            throw new IllegalStateException(
                    page.requests().size() + " requests found; expected: " + least + " or one more");
        }
    }
}
