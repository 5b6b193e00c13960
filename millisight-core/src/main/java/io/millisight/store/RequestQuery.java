package io.millisight.store;

import io.millisight.block.RequestFilter;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * Which stored requests to read, newest first.
 *
 * @param range completed in this range
 * @param scope whose
 * @param endpoint of this endpoint alone, or null for all
 * @param minNanos at least this long
 * @param maxNanos at most this long
 * @param minStatus status at least
 * @param maxStatus status at most
 * @param userId of this user alone, or null for all
 * @param limit at most so many, 1 to {@link #MAX_LIMIT}
 * @param after begin behind this request, or null to begin with the newest
 */
public record RequestQuery(
        TimeRange range,
        Scope scope,
        @Nullable Endpoint endpoint,
        long minNanos,
        long maxNanos,
        int minStatus,
        int maxStatus,
        @Nullable String userId,
        int limit,
        @Nullable RequestKey after) {

    /** The most requests that one page holds. */
    public static final int MAX_LIMIT = 65_536;

    public RequestQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + "; allowed: 1 to " + MAX_LIMIT);
        }
    }

    /** All requests of a range, whosever, from the newest on. */
    public static RequestQuery all(TimeRange range, int limit) {
        return new RequestQuery(range, Scope.ALL, null, 0, Long.MAX_VALUE, 0, 999, null, limit, null);
    }

    /** The same query, of this scope alone. */
    public RequestQuery of(Scope scope) {
        return new RequestQuery(range, scope, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId, limit, after);
    }

    /** The same query from its beginning, with so many requests a page. */
    public RequestQuery ofPages(int size) {
        return new RequestQuery(range, scope, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId, size, null);
    }

    /** The filter of request blocks that this query is, wherever it begins. */
    RequestFilter filter(int endpointId) {
        return new RequestFilter(
                range.fromMicros(),
                range.toMicros(),
                endpoint == null ? RequestFilter.ANY_ENDPOINT : endpointId,
                minNanos,
                maxNanos,
                minStatus,
                maxStatus,
                userId);
    }

    /** The same query, continued behind this request. */
    public RequestQuery after(@Nullable RequestKey key) {
        return new RequestQuery(range, scope, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId, limit, key);
    }
}
