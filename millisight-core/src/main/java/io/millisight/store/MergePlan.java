package io.millisight.store;

import io.millisight.rollup.TimeRange;
import java.util.List;

/**
 * Which small request blocks become one. For store authors.
 *
 * <p>Blocks of a finished minute, then the merged ones of a finished hour, are put together as long as they are
 * neighbours by number, come from one source and hold at most {@link #MAX_REQUESTS} together. So numbers stay as they
 * are, and a page that is being read goes on as if nothing had happened.
 */
public final class MergePlan {

    /** The most requests that one block holds. */
    public static final int MAX_REQUESTS = 65_536;

    /** The most blocks that one step merges. */
    public static final int MAX_BLOCKS = 1_024;

    private MergePlan() {}

    /** Blocks of this level whose last request completed before this instant are due for merging. */
    public static long dueBefore(int level, long nowMicros) {
        return Math.floorDiv(nowMicros, window(level)) * window(level);
    }

    /**
     * The first run of blocks to merge, possibly of one block, which then merely rises by a level; empty without
     * candidates.
     *
     * @param due blocks of one level that are due, by rising number
     */
    public static List<BlockEntry> firstRun(List<BlockEntry> due) {
        int end = 0;
        long requests = 0;
        while (end < Math.min(due.size(), MAX_BLOCKS)) {
            BlockEntry next = due.get(end);
            requests += next.requests();
            if (end > 0 && (requests > MAX_REQUESTS || !continues(due.get(end - 1), next))) {
                break;
            }
            end++;
        }
        return due.subList(0, end);
    }

    private static boolean continues(BlockEntry block, BlockEntry next) {
        long window = window(block.level());
        return next.firstSequence() == block.endSequence()
                && next.sourceId() == block.sourceId()
                && Math.floorDiv(next.lastAtMicros(), window) == Math.floorDiv(block.lastAtMicros(), window);
    }

    private static long window(int level) {
        return level == 0 ? TimeRange.MINUTE : TimeRange.HOUR;
    }
}
