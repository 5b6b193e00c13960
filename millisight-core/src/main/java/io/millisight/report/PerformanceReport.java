package io.millisight.report;

import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import java.util.List;

/**
 * A range of time in figures.
 *
 * @param range whole minutes
 * @param total all requests of the range
 * @param endpoints by endpoint, the slowest p95 first
 */
public record PerformanceReport(TimeRange range, RollupSnapshot total, List<EndpointReport> endpoints) {

    public PerformanceReport {
        endpoints = List.copyOf(endpoints);
    }
}
