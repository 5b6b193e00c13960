package io.millisight.store;

import io.millisight.rollup.TimeRange;

/**
 * Which rollups to read.
 *
 * @param range whole minutes; windows that begin in it are read
 * @param resolution how fine the windows must be
 * @param scope whose
 */
public record RollupQuery(TimeRange range, Resolution resolution, Scope scope) {

    /** How fine the windows must be that a store hands over. */
    public enum Resolution {
        /** Every window is one minute. */
        MINUTE,
        /** Whole hours in the range may come as one window: fastest over long ranges. */
        COARSEST
    }
}
