package io.millisight.benchmarks.storing;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import io.millisight.store.StoreBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Requests of a service with a hundred endpoints, some far more often asked for than others: a thousand a second at
 * random instants, log-normal durations in nanoseconds, each endpoint with a median of its own, mostly status 200. No
 * user. The same at every run. One thread.
 */
final class Traffic {

    static final String SERVICE = "shop";
    static final int ENDPOINTS = 100;

    /** One request in so many is rare in one column: of {@link #RARE}, or of status 418, or 45 seconds long. */
    static final int RARE_EVERY = 25_000;

    static final Endpoint RARE = new Endpoint("GET", "/api/teapot");
    static final int RARE_STATUS = 418;
    static final long RARE_NANOS = TimeUnit.SECONDS.toNanos(45);

    private static final int CYCLE = 1 << 18;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final int[] endpoint = new int[CYCLE];
    private final int[] status = new int[CYCLE];
    private final long[] durationNanos = new long[CYCLE];
    private final long[] gapMicros = new long[CYCLE];
    private long made;
    private long nowMicros;

    /** A thousand a second; the first request completes about here. */
    Traffic(long beginMicros) {
        this(beginMicros, 1_000);
    }

    /** @param microsBetween from one request to the next, on average */
    Traffic(long beginMicros, double microsBetween) {
        nowMicros = beginMicros;
        Random random = new Random(20_261_123);
        double[] median = new double[ENDPOINTS];
        for (int id = 0; id < ENDPOINTS; id++) {
            endpoints.add(new Endpoint(id % 4 == 3 ? "POST" : "GET", "/api/resource" + id / 2 + "/{id}"));
            median[id] = 2e6 * Math.exp(1.2 * random.nextGaussian());
        }
        endpoints.add(RARE);
        for (int i = 0; i < CYCLE; i++) {
            endpoint[i] = (int) (ENDPOINTS * Math.pow(random.nextDouble(), 2));
            durationNanos[i] = (long) (median[endpoint[i]] * Math.exp(0.6 * random.nextGaussian()));
            gapMicros[i] = Math.round(-Math.log(1 - random.nextDouble()) * microsBetween);
            double fate = random.nextDouble();
            status[i] = fate < 0.93 ? 200 : fate < 0.96 ? 304 : fate < 0.99 ? 404 : 500;
        }
    }

    /** Takes one request. */
    interface Sink {
        void accept(int endpoint, long completedAtMicros, long durationNanos, int status) throws Exception;
    }

    /** Makes so many requests. */
    void make(int requests, Sink sink) throws Exception {
        for (int i = 0; i < requests; i++) {
            int at = (int) (made & (CYCLE - 1));
            nowMicros += gapMicros[at];
            int rare = (int) (made % RARE_EVERY);
            sink.accept(
                    rare == 0 ? ENDPOINTS : endpoint[at],
                    nowMicros,
                    rare == RARE_EVERY / 3 ? RARE_NANOS : durationNanos[at],
                    rare == RARE_EVERY / 2 ? RARE_STATUS : status[at]);
            made++;
        }
    }

    /** The next batch, as a running instance would make it: the requests, and their rollups by endpoint and minute. */
    StoreBatch batch(int requests) throws Exception {
        JournalCursor from = JournalCursor.of(made);
        RequestColumns columns = new RequestColumns(requests);
        List<RollupChange> changes = new ArrayList<>();
        Rollup[] open = new Rollup[endpoints.size()];
        long[] openMinute = {Long.MIN_VALUE};
        make(requests, (id, completedAtMicros, nanos, code) -> {
            columns.add(completedAtMicros, nanos, id, code, Outcome.COMPLETED.code(), null);
            long minute = completedAtMicros - Math.floorMod(completedAtMicros, TimeRange.MINUTE);
            if (minute != openMinute[0]) {
                openMinute[0] = minute;
                java.util.Arrays.fill(open, null);
            }
            Rollup rollup = open[id];
            if (rollup == null) {
                rollup = new Rollup();
                open[id] = rollup;
                changes.add(new RollupChange(id, minute, rollup));
            }
            rollup.add(new Observation(
                    id, endpoints.get(id), code, Outcome.COMPLETED, false, completedAtMicros, nanos, null, null));
        });
        return new StoreBatch(SERVICE, "bench", "bench", from, JournalCursor.of(made), endpoints, columns, changes);
    }

    Endpoint endpoint(int id) {
        return endpoints.get(id);
    }

    /** Completion of the last request made. */
    long nowMicros() {
        return nowMicros;
    }
}
