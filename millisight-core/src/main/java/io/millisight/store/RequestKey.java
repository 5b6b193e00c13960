package io.millisight.store;

/**
 * Where a request stands in the order of stored requests: by completion, then by the store's number.
 */
public record RequestKey(long completedAtMicros, long sequence) implements Comparable<RequestKey> {

    @Override
    public int compareTo(RequestKey other) {
        int byTime = Long.compare(completedAtMicros, other.completedAtMicros);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
}
