package io.millisight.report;

import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import java.util.List;

/**
 * Figures over time.
 *
 * @param range whole steps
 * @param stepMicros length of a step in microseconds, a whole number of minutes
 * @param points one per step of the range, in order; steps without requests have an empty rollup
 */
public record SeriesReport(TimeRange range, long stepMicros, List<Point> points) {

    /** One step: the window that begins at {@code startMicros}. */
    public record Point(long startMicros, RollupSnapshot rollup) {}

    public SeriesReport {
        points = List.copyOf(points);
    }
}
