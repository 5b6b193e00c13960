package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The slow requests of a fleet, newest first, out of its stored ones. Slow is what this instance calls so. */
final class StoredSlowRequests {

    /** So many that are slow by one endpoint's threshold, and not by their own, are passed over for an answer. */
    private static final int MOST_PAGES = 20;

    private final Millisight millisight;

    StoredSlowRequests(Millisight millisight) {
        this.millisight = millisight;
    }

    List<StoredRequest> list(Scope scope, @Nullable Endpoint endpoint, int limit) {
        List<StoredRequest> slow = new ArrayList<>();
        RequestQuery query = new RequestQuery(
                new TimeRange(0, millisight.time().epochMicros() + 1),
                scope,
                endpoint,
                leastNanos(endpoint) + 1,
                Long.MAX_VALUE,
                0,
                999,
                null,
                limit,
                null);
        RequestPage page = millisight.requests(query);
        add(page, slow, limit);
        for (int pages = 1; pages < MOST_PAGES && page.next() != null && slow.size() < limit; pages++) {
            page = millisight.requests(query.after(page.next()));
            add(page, slow, limit);
        }
        return slow;
    }

    private void add(RequestPage page, List<StoredRequest> slow, int limit) {
        for (StoredRequest request : page.requests()) {
            boolean isSlow = request.durationNanos() > millisight.config().slowThresholdNanos(request.endpoint());
            if (isSlow && !request.stream() && slow.size() < limit) {
                slow.add(request);
            }
        }
    }

    private long leastNanos(@Nullable Endpoint endpoint) {
        if (endpoint != null) {
            return millisight.config().slowThresholdNanos(endpoint);
        }
        return millisight.config().slowThresholds().values().stream()
                .mapToLong(Duration::toNanos)
                .reduce(millisight.config().slowThreshold().toNanos(), Math::min);
    }
}
