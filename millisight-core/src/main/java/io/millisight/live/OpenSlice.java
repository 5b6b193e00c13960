package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slice that is being filled: a rollup per endpoint, found by the endpoint's dense number. Single writer.
 *
 * <p>An observation costs one addition and no allocation; the service as a whole is summed up when the slice closes, for
 * merging is exact. An endpoint's rollup is used again in the next slice, and released after a slice without requests.
 */
final class OpenSlice {

    private @Nullable Entry[] byId = new Entry[64];

    /** The ids that have an entry, in no order. */
    private int[] ids = new int[64];

    private int idCount;
    private long requests;

    void add(Observation observation) {
        int id = observation.endpointId();
        Entry entry = id < byId.length ? byId[id] : null;
        if (entry == null) {
            entry = begin(id, observation.endpoint());
        }
        requests++;
        entry.rollup.add(observation);
        if (observation.durationNanos() > entry.leastSampleNanos && !observation.stream()) {
            entry.keepSample(observation);
        }
    }

    boolean isEmpty() {
        return requests == 0;
    }

    /** Adds every endpoint's rollup to the sum. */
    void addTo(WindowSum sum) {
        for (int at = 0; at < idCount; at++) {
            Entry entry = entry(at);
            if (entry.rollup.requests() > 0) {
                sum.add(entry.endpoint, entry.rollup);
            }
        }
    }

    /** All requests so far. */
    RollupSnapshot service() {
        Rollup service = new Rollup();
        for (int at = 0; at < idCount; at++) {
            service.add(entry(at).rollup);
        }
        return service.snapshot();
    }

    /** The slice as it now is; this begins anew, empty. */
    ClosedSlice close(long startNanos, long endNanos, long startMicros, long endMicros) {
        Rollup service = new Rollup();
        List<ClosedSlice.OfEndpoint> endpoints = new ArrayList<>(idCount);
        for (int at = 0; at < idCount; at++) {
            Entry entry = entry(at);
            if (entry.rollup.requests() > 0) {
                service.add(entry.rollup);
                endpoints.add(new ClosedSlice.OfEndpoint(
                        ids[at], entry.endpoint, entry.rollup.snapshot(), entry.samplesSlowestFirst()));
            }
        }
        clear();
        return new ClosedSlice(startNanos, endNanos, startMicros, endMicros, service.snapshot(), endpoints);
    }

    /** Forgets all requests; releases what had none. */
    void clear() {
        int kept = 0;
        for (int at = 0; at < idCount; at++) {
            Entry entry = entry(at);
            if (entry.rollup.requests() == 0) {
                byId[ids[at]] = null;
            } else {
                entry.clear();
                ids[kept++] = ids[at];
            }
        }
        idCount = kept;
        requests = 0;
    }

    /** How many endpoints hold memory. */
    int size() {
        return idCount;
    }

    private Entry begin(int id, Endpoint endpoint) {
        if (id >= byId.length) {
            byId = Arrays.copyOf(byId, Math.max(id + 1, byId.length * 2));
        }
        if (idCount == ids.length) {
            ids = Arrays.copyOf(ids, idCount * 2);
        }
        ids[idCount++] = id;
        Entry entry = new Entry(endpoint);
        byId[id] = entry;
        return entry;
    }

    @SuppressWarnings("NullAway") // every id listed has an entry
    private Entry entry(int at) {
        return byId[ids[at]];
    }

    private static final class Entry {

        final Endpoint endpoint;
        final Rollup rollup = new Rollup();

        /** What a request must exceed to be a sample: -1 while there is room. */
        long leastSampleNanos = -1;

        private final List<Observation> samples = new ArrayList<>(LiveView.SAMPLES);

        Entry(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        /** Takes the place of the fastest sample; of n requests in random order this happens about log n times. */
        void keepSample(Observation observation) {
            if (samples.size() < LiveView.SAMPLES) {
                samples.add(observation);
            } else {
                samples.set(fastestSample(), observation);
            }
            if (samples.size() == LiveView.SAMPLES) {
                leastSampleNanos = samples.get(fastestSample()).durationNanos();
            }
        }

        List<SlowRequest> samplesSlowestFirst() {
            samples.sort((left, right) -> Long.compare(right.durationNanos(), left.durationNanos()));
            return samples.stream().map(SlowRequest::of).toList();
        }

        void clear() {
            rollup.clear();
            samples.clear();
            leastSampleNanos = -1;
        }

        private int fastestSample() {
            int fastest = 0;
            for (int at = 1; at < samples.size(); at++) {
                if (samples.get(at).durationNanos() < samples.get(fastest).durationNanos()) {
                    fastest = at;
                }
            }
            return fastest;
        }
    }
}
