package io.millisight.store;

import java.util.Map;

/**
 * How an instance was when it last gave a sign of life. {@code seen = stored + pending + sum(dropped)}, counted since it
 * started; what it had completed by then is stored, but for what is {@code pending} or dropped.
 *
 * @param service name of the service
 * @param instance name of the instance
 * @param version of Millisight, as its jar says it
 * @param startedAtMicros when it started, in microseconds since 1970
 * @param seenAtMicros when it gave the sign, in microseconds since 1970
 * @param ended whether that was the last one: the instance was stopped
 * @param seen observations of completed requests
 * @param stored those kept as requests in the store
 * @param pending those on their way there
 * @param dropped those not kept as requests, by reason
 */
public record InstanceRecord(
        String service,
        String instance,
        String version,
        long startedAtMicros,
        long seenAtMicros,
        boolean ended,
        long seen,
        long stored,
        long pending,
        Map<String, Long> dropped) {

    public InstanceRecord {
        dropped = Map.copyOf(dropped);
    }

    /** The same as the last sign that the instance gives. */
    public InstanceRecord asLast() {
        return new InstanceRecord(
                service, instance, version, startedAtMicros, seenAtMicros, true, seen, stored, pending, dropped);
    }
}
