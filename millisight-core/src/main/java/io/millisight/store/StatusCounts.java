package io.millisight.store;

import io.millisight.block.RequestScan;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts requests by status out of request blocks. For store authors: hand over every block of the query's scope that overlaps
 * its range. One thread.
 */
public final class StatusCounts {

    private final RequestScan scan;
    private final SortedMap<Integer, Long> counts = new TreeMap<>();

    /** @param endpointId the store's number of the query's endpoint; ignored without one */
    public StatusCounts(RequestQuery query, int endpointId) {
        scan = new RequestScan(query.filter(endpointId));
    }

    /**
     * Counts what matches in one block.
     *
     * @throws io.millisight.block.BlockFormatException when the block is damaged; nothing of it is counted
     */
    public void scan(byte[] block) {
        scan.scan(
                block,
                (row, completedAt, duration, endpoint, status, outcome, userId) -> counts.merge(status, 1L, Long::sum));
    }

    /** What was counted, by status. */
    public SortedMap<Integer, Long> counts() {
        return counts;
    }
}
