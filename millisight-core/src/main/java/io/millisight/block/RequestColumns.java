package io.millisight.block;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Requests column by column, appended one at a time. Not thread-safe: one owner at a time.
 *
 * <p>What an endpoint number means is the owner's affair; outcomes are codes with {@link #STREAM} added for streams.
 */
public final class RequestColumns {

    /** Added to the outcome's code when the request was a stream. */
    public static final int STREAM = 0x80;

    private int size;
    private long[] completedAtMicros;
    private long[] durationNanos;
    private int[] endpoint;
    private short[] status;
    private byte[] outcome;
    private @Nullable String[] userId;

    /** No requests yet, with room for some. */
    public RequestColumns(int capacity) {
        completedAtMicros = new long[capacity];
        durationNanos = new long[capacity];
        endpoint = new int[capacity];
        status = new short[capacity];
        outcome = new byte[capacity];
        userId = new String[capacity];
    }

    /** Appends one request. */
    public void add(
            long completedAtMicros,
            long durationNanos,
            int endpoint,
            int status,
            int outcome,
            @Nullable String userId) {
        if (size == this.endpoint.length) {
            grow(size + 1);
        }
        this.completedAtMicros[size] = completedAtMicros;
        this.durationNanos[size] = durationNanos;
        this.endpoint[size] = endpoint;
        this.status[size] = (short) status;
        this.outcome[size] = (byte) outcome;
        this.userId[size] = userId;
        size++;
    }

    /** Appends all requests of {@code other}. */
    public void addAll(RequestColumns other) {
        int added = other.size;
        if (size + added > endpoint.length) {
            grow(Math.addExact(size, added));
        }
        System.arraycopy(other.completedAtMicros, 0, completedAtMicros, size, added);
        System.arraycopy(other.durationNanos, 0, durationNanos, size, added);
        System.arraycopy(other.endpoint, 0, endpoint, size, added);
        System.arraycopy(other.status, 0, status, size, added);
        System.arraycopy(other.outcome, 0, outcome, size, added);
        System.arraycopy(other.userId, 0, userId, size, added);
        size += added;
    }

    /** Makes room for others. */
    public void clear() {
        Arrays.fill(userId, 0, size, null);
        size = 0;
    }

    public int size() {
        return size;
    }

    /** So many requests fit without growing. */
    public int capacity() {
        return endpoint.length;
    }

    public long completedAtMicros(int row) {
        return completedAtMicros[row];
    }

    public long durationNanos(int row) {
        return durationNanos[row];
    }

    public int endpoint(int row) {
        return endpoint[row];
    }

    /** The status, 0 to 65,535. */
    public int status(int row) {
        return status[row] & 0xffff;
    }

    /** The outcome's code, plus {@link #STREAM} for a stream: 0 to 255. */
    public int outcome(int row) {
        return outcome[row] & 0xff;
    }

    public @Nullable String userId(int row) {
        return userId[row];
    }

    private void grow(int least) {
        int capacity = Math.max(Math.max(16, least), size + (size >> 1));
        completedAtMicros = Arrays.copyOf(completedAtMicros, capacity);
        durationNanos = Arrays.copyOf(durationNanos, capacity);
        endpoint = Arrays.copyOf(endpoint, capacity);
        status = Arrays.copyOf(status, capacity);
        outcome = Arrays.copyOf(outcome, capacity);
        userId = Arrays.copyOf(userId, capacity);
    }
}
