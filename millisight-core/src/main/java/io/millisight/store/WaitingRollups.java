package io.millisight.store;

import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rollups of one portion on their way to the store, by window and endpoint. One owner at a time.
 *
 * <p>They can become fewer without a request missing from any total: the minutes of an hour fold into the oldest of
 * them that is here, the hours of a day likewise, and the days of thirty. So what covers the whole hour, or day, stays exact; what
 * looks closer finds it all in one minute.
 */
final class WaitingRollups {

    /** What is folded together, finest first: epoch-aligned, as the windows are. */
    static final List<Long> SPANS = List.of(TimeRange.HOUR, 24 * TimeRange.HOUR, 30 * 24 * TimeRange.HOUR);

    private record Window(long startMicros, int endpointId) implements Comparable<Window> {

        private static final Comparator<Window> ORDER =
                Comparator.comparingLong(Window::startMicros).thenComparingInt(Window::endpointId);

        @Override
        public int compareTo(Window other) {
            return ORDER.compare(this, other);
        }
    }

    private final TreeMap<Window, Rollup> rollups = new TreeMap<>();

    /** The rollup of this window and endpoint, to add to; begun where there is none. */
    Rollup rollup(long startMicros, int endpointId) {
        return rollups.computeIfAbsent(new Window(startMicros, endpointId), window -> new Rollup());
    }

    /** Adds a rollup, which from here on belongs to this object. */
    void add(long startMicros, int endpointId, Rollup added) {
        Rollup known = rollups.putIfAbsent(new Window(startMicros, endpointId), added);
        if (known != null) {
            known.add(added);
        }
    }

    /** Adds all of {@code other}, which is not to be used again. */
    void addAll(WaitingRollups other) {
        other.rollups.forEach((window, rollup) -> add(window.startMicros(), window.endpointId(), rollup));
    }

    int size() {
        return rollups.size();
    }

    /**
     * Folds the windows of each span into the oldest of it, the oldest span first, until enough are gone.
     *
     * @param excess how many should go
     * @return how many went; fewer than asked when there was nothing more to fold
     */
    int fold(long spanMicros, int excess) {
        int before = rollups.size();
        Window first = rollups.isEmpty() ? null : rollups.firstKey();
        while (first != null && before - rollups.size() < excess) {
            Window end = begin((Math.floorDiv(first.startMicros(), spanMicros) + 1) * spanMicros);
            foldInto(first.startMicros(), rollups.subMap(begin(first.startMicros() + 1), end));
            first = rollups.ceilingKey(end);
        }
        return before - rollups.size();
    }

    private void foldInto(long startMicros, Map<Window, Rollup> later) {
        Map<Window, Rollup> folded = new TreeMap<>(later);
        later.clear();
        folded.forEach((window, rollup) -> add(startMicros, window.endpointId(), rollup));
    }

    private static Window begin(long startMicros) {
        return new Window(startMicros, Integer.MIN_VALUE);
    }

    /** The rollups as a batch has them. */
    List<RollupChange> changes() {
        List<RollupChange> changes = new ArrayList<>(rollups.size());
        rollups.forEach(
                (window, rollup) -> changes.add(new RollupChange(window.endpointId(), window.startMicros(), rollup)));
        return changes;
    }
}
