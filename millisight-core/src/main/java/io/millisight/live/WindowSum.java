package io.millisight.live;

import io.millisight.observe.Endpoint;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sums slices, endpoint by endpoint. One thread at a time. */
final class WindowSum {

    private static final Comparator<Endpoint> BY_NAME =
            Comparator.comparing(Endpoint::method).thenComparing(Endpoint::route);

    private final Map<Endpoint, Rollup> sums = new HashMap<>();

    WindowSum() {}

    /** Begins with all that {@code other} has, which stays as it is. */
    WindowSum(WindowSum other) {
        other.sums.forEach(this::add);
    }

    void add(Endpoint endpoint, Rollup rollup) {
        sumOf(endpoint).add(rollup);
    }

    void add(Endpoint endpoint, RollupSnapshot rollup) {
        sumOf(endpoint).add(rollup);
    }

    /** The sums by endpoint, in the order of their names. */
    Map<Endpoint, RollupSnapshot> endpoints() {
        Map<Endpoint, RollupSnapshot> snapshots = new LinkedHashMap<>();
        sums.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(BY_NAME))
                .forEach(entry -> snapshots.put(entry.getKey(), entry.getValue().snapshot()));
        return Collections.unmodifiableMap(snapshots);
    }

    /** The sum of all: the same, bit for bit, as if the service had been counted by itself. */
    RollupSnapshot service() {
        Rollup service = new Rollup();
        sums.values().forEach(service::add);
        return service.snapshot();
    }

    private Rollup sumOf(Endpoint endpoint) {
        return sums.computeIfAbsent(endpoint, key -> new Rollup());
    }
}
