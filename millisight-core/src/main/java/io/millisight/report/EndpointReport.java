package io.millisight.report;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupSnapshot;

/** The figures of one endpoint over a range. */
public record EndpointReport(Endpoint endpoint, RollupSnapshot rollup) {}
