package io.millisight.testkit;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoredRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the parts of the conformance kit share: the store under test, and questions to it. */
abstract class StoreFixture {

    /** A round hour: 2026-01-01T00:00:00Z. */
    static final long START = 1_767_225_600_000_000L;

    static final long SECOND = 1_000_000L;
    static final long MINUTE = TimeRange.MINUTE;
    static final long HOUR = TimeRange.HOUR;
    static final long MILLI_NANOS = 1_000_000L;

    /** From long before the first to long after the last request of every test. */
    static final TimeRange ALWAYS = new TimeRange(START - 1_000 * HOUR, START + 20_000 * HOUR);

    Store store;
    private Path directory;

    /**
     * Opens the store under test: a new one in an empty folder, else the one that the folder holds.
     *
     * @param directory an empty folder at first; the same one when a test opens its store again
     */
    protected abstract Store open(Path directory, Retention retention);

    @BeforeEach
    void openStore(@TempDir Path folder) {
        directory = folder;
        store = open(folder, Retention.defaults());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Closes the store and opens it again, perhaps to keep other things. */
    void reopen(Retention retention) {
        store.close();
        store = open(directory, retention);
    }

    /** Does upkeep until nothing is left; returns the number of steps. */
    int maintainAll(long nowMicros) {
        int steps = 0;
        while (store.maintain(nowMicros)) {
            steps++;
            if (steps > 100_000) {
                throw new AssertionError("maintain() has more to do without end");
            }
        }
        return steps;
    }

    /** All requests that match, page by page. */
    List<StoredRequest> readAll(RequestQuery query) {
        List<StoredRequest> all = new ArrayList<>();
        RequestPage page = store.requests(query);
        all.addAll(page.requests());
        while (page.next() != null) {
            page = store.requests(query.after(page.next()));
            all.addAll(page.requests());
        }
        return all;
    }

    /** The sum by endpoint of all rollups of a range. */
    Map<String, RollupSnapshot> sums(long fromMicros, long toMicros, RollupQuery.Resolution resolution) {
        return sums(fromMicros, toMicros, resolution, Scope.ALL);
    }

    /** The sum by endpoint of the rollups of a range and scope. */
    Map<String, RollupSnapshot> sums(long fromMicros, long toMicros, RollupQuery.Resolution resolution, Scope scope) {
        Map<String, Rollup> sums = new HashMap<>();
        store.rollups(
                new RollupQuery(new TimeRange(fromMicros, toMicros), resolution, scope),
                (endpoint, window, rollup) -> sums.computeIfAbsent(endpoint.name(), name -> new Rollup())
                        .add(rollup));
        return snapshots(sums);
    }

    /** All requests that the rollups of a range count. */
    long requests(long from, long to, RollupQuery.Resolution resolution) {
        return sums(from, to, resolution).values().stream()
                .mapToLong(RollupSnapshot::requests)
                .sum();
    }

    /** The requests of one endpoint that the rollups of a range count. */
    long requests(String endpoint, long from, long to, RollupQuery.Resolution resolution) {
        RollupSnapshot sum = sums(from, to, resolution).get(endpoint);
        return sum == null ? 0 : sum.requests();
    }

    /** What {@link #sums} must give for these requests. */
    static Map<String, RollupSnapshot> expectedSums(List<Request> requests, long fromMicros, long toMicros) {
        Map<String, Rollup> sums = new HashMap<>();
        for (Request request : requests) {
            long minute = Math.floorDiv(request.completedAtMicros(), MINUTE) * MINUTE;
            if (minute >= fromMicros && minute < toMicros) {
                sums.computeIfAbsent(request.endpoint().name(), name -> new Rollup())
                        .add(request.observation());
            }
        }
        return snapshots(sums);
    }

    private static Map<String, RollupSnapshot> snapshots(Map<String, Rollup> sums) {
        Map<String, RollupSnapshot> snapshots = new HashMap<>();
        sums.forEach((name, rollup) -> snapshots.put(name, rollup.snapshot()));
        return snapshots;
    }

    /** A request that a test commits, and remembers to compare with. */
    record Request(
            Endpoint endpoint,
            long completedAtMicros,
            long durationNanos,
            int status,
            Outcome outcome,
            boolean stream,
            @Nullable String userId) {

        void addTo(BatchBuilder batch) {
            batch.request(endpoint, completedAtMicros, durationNanos, status, outcome, stream, userId);
        }

        Observation observation() {
            return new Observation(
                    0, endpoint, status, outcome, stream, completedAtMicros, durationNanos, userId, null);
        }

        /** Whether this was stored as that, whatever its number. */
        boolean isStoredAs(StoredRequest stored) {
            return stored.equals(new StoredRequest(
                    stored.sequence(),
                    endpoint,
                    status,
                    outcome,
                    stream,
                    completedAtMicros,
                    durationNanos,
                    userId,
                    stored.service(),
                    stored.instance()));
        }
    }
}
