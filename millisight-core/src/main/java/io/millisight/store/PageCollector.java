package io.millisight.store;

import io.millisight.block.RequestColumns;
import io.millisight.block.RequestScan;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/**
 * Collects one page of requests out of request blocks. For store authors: hand over the blocks that overlap {@link
 * #fromMicros()} to {@link #toMicros()}, the latest ending first, until {@link #isFullBefore}.
 *
 * <p>A heap holds the newest matches so far, one more than the page: that one tells whether a next page exists. One
 * thread.
 */
public final class PageCollector {

    private final RequestQuery query;
    private final IntFunction<Endpoint> endpoints;
    private final TimeBounds bounds;
    private final RequestScan scan;
    private final PriorityQueue<StoredRequest> newest =
            new PriorityQueue<>((a, b) -> PageCollector.keyOf(a).compareTo(PageCollector.keyOf(b)));

    /** From and to, half open. */
    private record TimeBounds(long from, long to) {}

    /**
     * Begins a page.
     *
     * @param endpointId the store's number of the query's endpoint; ignored without one
     * @param endpoints the endpoint by the store's number
     */
    public PageCollector(RequestQuery query, int endpointId, IntFunction<Endpoint> endpoints) {
        this.query = query;
        this.endpoints = endpoints;
        bounds = bounds(query);
        scan = new RequestScan(query.filter(endpointId).within(bounds.from(), bounds.to()));
    }

    /** Blocks whose last request completed before this hold nothing for the page. */
    public long fromMicros() {
        return bounds.from();
    }

    /** Blocks whose first request completed at or after this hold nothing for the page. */
    public long toMicros() {
        return bounds.to();
    }

    /** Whether the page is full with requests newer than all that completed up to {@code lastAtMicros}. */
    public boolean isFullBefore(long lastAtMicros) {
        StoredRequest oldest = newest.peek();
        return oldest != null && newest.size() > query.limit() && lastAtMicros < oldest.completedAtMicros();
    }

    /**
     * Takes what matches out of one block.
     *
     * @param service whose requests the block has: one that the query's scope takes
     * @param instance whose requests the block has
     * @throws io.millisight.block.BlockFormatException when the block is damaged; the page is as before
     */
    public void scan(String service, String instance, long firstSequence, byte[] block) {
        RequestColumns matches = new RequestColumns(16);
        Rows rows = new Rows();
        scan.scan(block, (row, completedAt, duration, endpoint, status, outcome, userId) -> {
            rows.add(row);
            matches.add(completedAt, duration, endpoint, status, outcome, userId);
        });
        // From the block's end: it is its newest part, so that the rest is refused by one comparison each.
        for (int match = matches.size() - 1; match >= 0; match--) {
            RequestKey key = new RequestKey(matches.completedAtMicros(match), firstSequence + rows.at[match]);
            if (isWanted(key)) {
                newest.add(request(service, instance, key.sequence(), matches, match));
                if (newest.size() > query.limit() + 1) {
                    newest.poll();
                }
            }
        }
    }

    /** The page: newest first. */
    public RequestPage page() {
        List<StoredRequest> requests = new ArrayList<>(newest.size());
        while (!newest.isEmpty()) {
            requests.add(newest.poll());
        }
        Collections.reverse(requests);
        if (requests.size() <= query.limit()) {
            return new RequestPage(requests, null);
        }
        requests.remove(query.limit());
        return new RequestPage(requests, keyOf(requests.get(query.limit() - 1)));
    }

    private boolean isWanted(RequestKey key) {
        RequestKey after = query.after();
        if (after != null && key.compareTo(after) >= 0) {
            return false;
        }
        StoredRequest oldest = newest.peek();
        return oldest == null || newest.size() <= query.limit() || key.compareTo(keyOf(oldest)) > 0;
    }

    private StoredRequest request(String service, String instance, long sequence, RequestColumns columns, int row) {
        int outcome = columns.outcome(row);
        return new StoredRequest(
                sequence,
                endpoints.apply(columns.endpoint(row)),
                columns.status(row),
                Outcome.ofCode(outcome & ~RequestColumns.STREAM),
                (outcome & RequestColumns.STREAM) != 0,
                columns.completedAtMicros(row),
                columns.durationNanos(row),
                columns.userId(row),
                service,
                instance);
    }

    private static TimeBounds bounds(RequestQuery query) {
        RequestKey after = query.after();
        long to = query.range().toMicros();
        if (after != null && after.completedAtMicros() < to) {
            to = after.completedAtMicros() + 1;
        }
        return new TimeBounds(query.range().fromMicros(), to);
    }

    private static RequestKey keyOf(StoredRequest request) {
        return new RequestKey(request.completedAtMicros(), request.sequence());
    }

    /** Row numbers, growing. */
    private static final class Rows {

        private int[] at = new int[16];
        private int size;

        void add(int row) {
            if (size == at.length) {
                at = Arrays.copyOf(at, size * 2);
            }
            at[size++] = row;
        }
    }
}
