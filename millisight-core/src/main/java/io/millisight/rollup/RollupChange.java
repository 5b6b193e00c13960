package io.millisight.rollup;

/**
 * What a window of an endpoint has gained since it was last stored.
 *
 * @param endpointId the endpoint's number in the data folder's dictionary
 * @param windowStartMicros begin of the minute
 * @param rollup what to add; not touched again by its maker
 */
public record RollupChange(int endpointId, long windowStartMicros, Rollup rollup) {}
