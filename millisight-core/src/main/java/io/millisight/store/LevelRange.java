package io.millisight.store;

import io.millisight.rollup.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of stored rollups of one level. For store authors.
 *
 * <p>What a flush adds to a minute lies at level 0 until upkeep adds it to its minute (level 1) and to its hour (level
 * 2), in one transaction. So a query reads level 0 throughout, and beside it each minute once: by itself or in its
 * hour.
 *
 * @param level 0, 1 or 2
 * @param fromMicros windows that begin here or later
 * @param toMicros windows that begin before
 */
public record LevelRange(int level, long fromMicros, long toMicros) {

    /** What a flush added to a minute. */
    public static final int UNMERGED = 0;

    /** A whole minute, but for what is unmerged. */
    public static final int MINUTE = 1;

    /** A whole hour, but for what is unmerged. */
    public static final int HOUR = 2;

    /** What is to be read, in one consistent view of the store, to answer this query. */
    public static List<LevelRange> of(RollupQuery query) {
        long from = query.range().fromMicros();
        long to = query.range().toMicros();
        long firstHour = -Math.floorDiv(-from, TimeRange.HOUR) * TimeRange.HOUR;
        long endHour = Math.floorDiv(to, TimeRange.HOUR) * TimeRange.HOUR;
        List<LevelRange> ranges = new ArrayList<>(4);
        addUnlessEmpty(ranges, UNMERGED, from, to);
        if (query.resolution() == RollupQuery.Resolution.MINUTE || firstHour >= endHour) {
            addUnlessEmpty(ranges, MINUTE, from, to);
        } else {
            addUnlessEmpty(ranges, MINUTE, from, firstHour);
            addUnlessEmpty(ranges, HOUR, firstHour, endHour);
            addUnlessEmpty(ranges, MINUTE, endHour, to);
        }
        return ranges;
    }

    /** Whether a window is to be read. */
    public boolean contains(int level, long windowStartMicros) {
        return level == this.level && windowStartMicros >= fromMicros && windowStartMicros < toMicros;
    }

    private static void addUnlessEmpty(List<LevelRange> ranges, int level, long from, long to) {
        if (from < to) {
            ranges.add(new LevelRange(level, from, to));
        }
    }
}
