package io.millisight.testkit;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import io.millisight.store.StoreBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches as an instance does: requests and their rollups, with cursors that follow one another. One builder
 * stands for one journal. Not thread-safe.
 */
public final class BatchBuilder {

    private final String service;
    private final String instance;
    private final String journalId;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private long position;
    private RequestColumns requests = new RequestColumns(16);
    private Map<Long, Map<Integer, Rollup>> rollups = new TreeMap<>();

    /** For this instance of service {@code shop} and its journal. */
    public BatchBuilder(String instance, String journalId) {
        this("shop", instance, journalId);
    }

    /** For this instance of this service and its journal. */
    public BatchBuilder(String service, String instance, String journalId) {
        this.service = service;
        this.instance = instance;
        this.journalId = journalId;
    }

    /** Adds a request with status 200 of no user. */
    public BatchBuilder request(String endpointName, long completedAtMicros, long durationNanos) {
        return request(endpointName, completedAtMicros, durationNanos, 200, Outcome.COMPLETED, false, null);
    }

    /** Adds a request, to the single requests and to the rollup of its minute. */
    public BatchBuilder request(
            String endpointName,
            long completedAtMicros,
            long durationNanos,
            int status,
            Outcome outcome,
            boolean stream,
            @Nullable String userId) {
        return request(
                Endpoint.ofName(endpointName), completedAtMicros, durationNanos, status, outcome, stream, userId);
    }

    /** Adds a request, to the single requests and to the rollup of its minute. */
    public BatchBuilder request(
            Endpoint endpoint,
            long completedAtMicros,
            long durationNanos,
            int status,
            Outcome outcome,
            boolean stream,
            @Nullable String userId) {
        int id = endpoints.indexOf(endpoint);
        if (id < 0) {
            id = endpoints.size();
            endpoints.add(endpoint);
        }
        requests.add(
                completedAtMicros,
                durationNanos,
                id,
                status,
                outcome.code() + (stream ? RequestColumns.STREAM : 0),
                userId);
        long minute = Math.floorDiv(completedAtMicros, TimeRange.MINUTE) * TimeRange.MINUTE;
        rollups.computeIfAbsent(minute, window -> new TreeMap<>())
                .computeIfAbsent(id, added -> new Rollup())
                .add(new Observation(
                        id, endpoint, status, outcome, stream, completedAtMicros, durationNanos, userId, null));
        return this;
    }

    /** The batch of what was added since the last, with the cursor behind it. */
    public StoreBatch build() {
        List<RollupChange> changes = new ArrayList<>();
        rollups.forEach((window, byEndpoint) ->
                byEndpoint.forEach((id, rollup) -> changes.add(new RollupChange(id, window, rollup))));
        JournalCursor from = JournalCursor.of(position, position / 2);
        position += 2L * requests.size() + 2;
        JournalCursor to = JournalCursor.of(position, position / 2);
        StoreBatch batch =
                new StoreBatch(service, instance, journalId, from, to, List.copyOf(endpoints), requests, changes);
        requests = new RequestColumns(16);
        rollups = new TreeMap<>();
        return batch;
    }
}
