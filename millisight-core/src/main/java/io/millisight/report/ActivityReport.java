package io.millisight.report;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import java.util.List;
import java.util.Map;

/**
 * How many requests each endpoint had, over time.
 *
 * @param range whole steps
 * @param stepMicros length of a step in microseconds, a whole number of minutes
 * @param requests by endpoint: one count per step of the range, in order
 */
public record ActivityReport(TimeRange range, long stepMicros, Map<Endpoint, List<Long>> requests) {

    public ActivityReport {
        requests = Map.copyOf(requests);
    }
}
