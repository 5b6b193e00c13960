package io.millisight.store;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.EncodedRollup;

/** Receives stored rollups. */
@FunctionalInterface
public interface RollupVisitor {

    /**
     * Takes one stored rollup.
     *
     * @param endpoint whose rollup it is; the same instance for the same endpoint within one query
     * @param windowStartMicros begin of the window
     * @param rollup valid during this call only
     */
    void rollup(Endpoint endpoint, long windowStartMicros, EncodedRollup rollup);
}
