package io.millisight.store;

/**
 * What a store keeps.
 *
 * @param description kind and place, for people: {@code SQLite millisight-data/millisight.db}
 * @param requests stored requests
 * @param bytes size on disk or in memory
 * @param oldestRequestMicros completion of the oldest stored request, in microseconds since 1970; 0 when there is none
 */
public record StoreStatus(String description, long requests, long bytes, long oldestRequestMicros) {}
