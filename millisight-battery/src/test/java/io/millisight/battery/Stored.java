package io.millisight.battery;

import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestKey;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoredRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * All that a store holds, for the oracle.
 *
 * @param endpoints endpoint by request id: S
 * @param twice ids that are stored more than once
 * @param requests stored requests, by endpoint and minute
 * @param rollups what the rollups count, by endpoint and minute
 */
record Stored(Map<String, String> endpoints, Set<String> twice, Map<Minute, Long> requests, Map<Minute, Long> rollups) {

    /** An endpoint's minute. */
    record Minute(String endpoint, long startMicros) {}

    /** Reads everything. Requests without a user id have no part in E1, but in E3. */
    static Stored in(Store store) {
        Stored stored = new Stored(new HashMap<>(), new HashSet<>(), new HashMap<>(), new HashMap<>());
        TimeRange always = new TimeRange(0, Long.MAX_VALUE / TimeRange.HOUR * TimeRange.HOUR);
        RequestKey next = null;
        do {
            RequestPage page = store.requests(
                    RequestQuery.all(always, RequestQuery.MAX_LIMIT).after(next));
            page.requests().forEach(stored::add);
            next = page.next();
        } while (next != null);
        store.rollups(
                new RollupQuery(always, RollupQuery.Resolution.MINUTE, Scope.ALL),
                (endpoint, windowStartMicros, rollup) -> stored.rollups.merge(
                        new Minute(endpoint.name(), windowStartMicros), rollup.requests(), Long::sum));
        return stored;
    }

    private void add(StoredRequest request) {
        String endpoint = request.endpoint().name();
        String id = request.userId();
        if (id != null && endpoints.put(id, endpoint) != null) {
            twice.add(id);
        }
        long minute = Math.floorDiv(request.completedAtMicros(), TimeRange.MINUTE) * TimeRange.MINUTE;
        requests.merge(new Minute(endpoint, minute), 1L, Long::sum);
    }
}
