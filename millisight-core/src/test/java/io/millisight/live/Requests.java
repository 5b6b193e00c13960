package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes observations of endpoints, and numbers the endpoints as a dictionary does. */
final class Requests {

    static final long MS = 1_000_000L;

    private final Map<Endpoint, Integer> ids = new HashMap<>();

    Observation request(String endpoint, long durationNanos) {
        return request(endpoint, 200, Outcome.COMPLETED, false, durationNanos, null);
    }

    Observation failed(String endpoint, long durationNanos) {
        return request(endpoint, 500, Outcome.COMPLETED, false, durationNanos, null);
    }

    Observation stream(String endpoint, long durationNanos) {
        return request(endpoint, 200, Outcome.COMPLETED, true, durationNanos, null);
    }

    Observation at(String endpoint, @Nullable String path, long durationNanos) {
        return request(endpoint, 200, Outcome.COMPLETED, false, durationNanos, path);
    }

    private Observation request(
            String name, int status, Outcome outcome, boolean stream, long durationNanos, @Nullable String path) {
        Endpoint endpoint = Endpoint.ofName(name);
        int id = ids.computeIfAbsent(endpoint, key -> ids.size());
        return new Observation(id, endpoint, status, outcome, stream, 1_000_000L, durationNanos, null, path);
    }
}
