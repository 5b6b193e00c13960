package io.millisight.block;

import org.jspecify.annotations.Nullable;

/**
 * Which requests of a block to visit; all conditions hold at once.
 *
 * @param fromMicros completed at or after this, in microseconds since 1970
 * @param toMicros completed before this; {@link Long#MAX_VALUE} means without end
 * @param endpoint of this endpoint alone, or {@link #ANY_ENDPOINT}
 * @param minNanos at least this long
 * @param maxNanos at most this long
 * @param minStatus status at least
 * @param maxStatus status at most
 * @param userId of this user alone, or null for all
 */
public record RequestFilter(
        long fromMicros,
        long toMicros,
        int endpoint,
        long minNanos,
        long maxNanos,
        int minStatus,
        int maxStatus,
        @Nullable String userId) {

    /** Takes requests of every endpoint. */
    public static final int ANY_ENDPOINT = -1;

    /** Takes every request. */
    public static final RequestFilter ALL = new RequestFilter(
            Long.MIN_VALUE, Long.MAX_VALUE, ANY_ENDPOINT, 0, Long.MAX_VALUE, 0, Integer.MAX_VALUE, null);

    /** The same, but completed in {@code [fromMicros, toMicros)}. */
    public RequestFilter within(long fromMicros, long toMicros) {
        return new RequestFilter(fromMicros, toMicros, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId);
    }

    /** The same, but of this endpoint alone. */
    public RequestFilter ofEndpoint(int endpoint) {
        return new RequestFilter(fromMicros, toMicros, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId);
    }

    /** The same, but this long, both ends included. */
    public RequestFilter lasting(long minNanos, long maxNanos) {
        return new RequestFilter(fromMicros, toMicros, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId);
    }

    /** The same, but with such a status, both ends included. */
    public RequestFilter withStatus(int minStatus, int maxStatus) {
        return new RequestFilter(fromMicros, toMicros, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId);
    }

    /** The same, but of this user alone. */
    public RequestFilter ofUser(@Nullable String userId) {
        return new RequestFilter(fromMicros, toMicros, endpoint, minNanos, maxNanos, minStatus, maxStatus, userId);
    }

    boolean limitsTime(long earliest, long latest) {
        return fromMicros > earliest || (toMicros != Long.MAX_VALUE && toMicros <= latest);
    }

    boolean meetsTime(long earliest, long latest) {
        return fromMicros <= latest && (toMicros == Long.MAX_VALUE || toMicros > earliest);
    }

    boolean limitsDuration() {
        return minNanos > 0 || maxNanos != Long.MAX_VALUE;
    }

    /** The last instant that is taken, where any is. */
    long lastMicros() {
        return toMicros == Long.MAX_VALUE ? toMicros : toMicros - 1;
    }

    boolean takesEndpoint(int id) {
        return endpoint == ANY_ENDPOINT || endpoint == id;
    }

    boolean takesStatus(int status) {
        return status >= minStatus && status <= maxStatus;
    }
}
