package io.millisight.benchmarks.reporting;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The rollups of some hours up to now: a hundred endpoints, sixty requests a minute each, of one instance or of several that
 * are equal, merged as the running system does. Without the single requests, which no report reads.
 */
final class WeekOfRollups {

    static final String SERVICE = "shop";
    static final int ENDPOINTS = 100;
    static final int SAMPLES_A_MINUTE = 60;

    private static final int CYCLE = 1 << 18;

    private final int hours;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final double[] shapes = new double[CYCLE];
    private final double[] medianNanos;
    private int made;
    private int flushes;

    WeekOfRollups(int hours) {
        this(hours, ENDPOINTS);
    }

    WeekOfRollups(int hours, int endpointCount) {
        this.hours = hours;
        medianNanos = new double[endpointCount];
        Random random = new Random(20_261_123);
        for (int i = 0; i < CYCLE; i++) {
            shapes[i] = Math.exp(0.6 * random.nextGaussian());
        }
        for (int id = 0; id < endpointCount; id++) {
            endpoints.add(new Endpoint("GET", "/api/resource" + id + "/{id}"));
            medianNanos[id] = 5e6 * Math.exp(random.nextGaussian());
        }
    }

    /** Fills the store with one instance, minute by minute, up to this instant. */
    void fill(Store store, long nowMicros) {
        long end = Math.floorDiv(nowMicros, TimeRange.MINUTE) * TimeRange.MINUTE;
        for (long start = end - hours * TimeRange.HOUR; start < end; start += TimeRange.MINUTE) {
            flush(store, 1, start, TimeRange.MINUTE);
        }
    }

    /**
     * Fills the store with several instances, up to this instant. Minutes are told apart in the first and last hours, where a
     * report on all of it reads them; else an hour is in its first minute, which nobody sees once it is merged.
     */
    void fill(Store store, int instances, long nowMicros) {
        long end = Math.floorDiv(nowMicros, TimeRange.MINUTE) * TimeRange.MINUTE;
        long begin = end - hours * TimeRange.HOUR;
        long start = begin;
        while (start < end) {
            boolean inHourThatIsWhole = start % TimeRange.HOUR == 0 && start + 2 * TimeRange.HOUR <= end;
            long length = inHourThatIsWhole ? TimeRange.HOUR : TimeRange.MINUTE;
            flush(store, instances, start, length);
            start += length;
        }
    }

    private void flush(Store store, int instances, long start, long length) {
        List<RollupChange> changes = window(start, (int) (length / TimeRange.MINUTE) * SAMPLES_A_MINUTE);
        for (int instance = 0; instance < instances; instance++) {
            store.commit(new StoreBatch(
                    SERVICE,
                    "bench-" + instance,
                    "week-" + instance,
                    JournalCursor.of(flushes),
                    JournalCursor.of(flushes + 1),
                    endpoints,
                    new RequestColumns(0),
                    changes));
        }
        flushes++;
        while (store.maintain(start + length)) {}
    }

    private List<RollupChange> window(long start, int samples) {
        List<RollupChange> changes = new ArrayList<>(endpoints.size());
        for (int id = 0; id < endpoints.size(); id++) {
            Rollup rollup = new Rollup();
            for (int i = 0; i < samples; i++) {
                long nanos = (long) (medianNanos[id] * shapes[made++ & (CYCLE - 1)]);
                rollup.add(new Observation(
                        id, endpoints.get(id), 200, Outcome.COMPLETED, false, start, nanos, null, null));
            }
            changes.add(new RollupChange(id, start, rollup));
        }
        return changes;
    }

    /** Bytes of one endpoint's rollup, sketch and counters: 1 of a minute, 2 of a whole hour. */
    static double bytesOfOne(Path file, int level) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT AVG(LENGTH(data)) FROM rollup WHERE level = %1$d
                        AND window_start > (SELECT MIN(window_start) FROM rollup WHERE level = %1$d)
                        AND window_start < (SELECT MAX(window_start) FROM rollup WHERE level = %1$d)""".formatted(level))) {
            row.next();
            return row.getDouble(1) / ENDPOINTS;
        }
    }
}
