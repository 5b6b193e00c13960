package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestKey;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoredRequest;
import io.millisight.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The oracle of a trial: it makes requests that can be told apart, one by one, by their durations, and knows what must be in the
 * store afterwards. One thread
 * makes requests; another may read.
 */
public final class Trial {

    public static final TimeRange ALWAYS = new TimeRange(1_700_000_000_000_000L, 1_900_000_000_000_000L);

    private static final long FIRST_NANOS = 1_000_000;

    private record Window(Endpoint endpoint, long startMicros) {}

    public final ManualClock clock = new ManualClock();
    private final Random random;
    private volatile int recorded;

    public Trial(long seed) {
        random = new Random(seed);
    }

    /** A service whose time this is, on this store. It stores when it is told to: its own interval is long. */
    public static Millisight start(Path data, ManualClock clock, String store) {
        return Millisight.start(
                MillisightConfig.builder()
                        .service("shop")
                        .dataDirectory(data)
                        .store(store)
                        .journalBytes(1 << 20)
                        .maxEndpoints(16)
                        .requestLogLimit(0)
                        .flushInterval(Duration.ofSeconds(59))
                        .build(),
                clock);
    }

    /** Requests recorded so far. */
    public int recorded() {
        return recorded;
    }

    /** Makes so many requests. */
    public void record(Millisight millisight, int requests) {
        for (int n = 0; n < requests; n++) {
            int id = recorded;
            recorded = id + 1;
            clock.advance(Duration.ofMillis(random.nextInt(50)));
            long end = clock.nanoTime();
            millisight.record(
                    "GET",
                    route(id),
                    status(id),
                    Outcome.COMPLETED,
                    false,
                    end - FIRST_NANOS - id,
                    end,
                    user(id),
                    null);
        }
    }

    private static String route(int id) {
        return "/items/" + (char) ('a' + id % 7);
    }

    private static int status(int id) {
        return id % 10 == 0 ? 500 : 200;
    }

    private static String user(int id) {
        return "user-" + id;
    }

    /** A read that succeeds holds all that was recorded before it, and nothing that never was. */
    public boolean read(Millisight millisight, boolean rollups) {
        int least = recorded;
        if (rollups) {
            assertThat(millisight.report(ALWAYS).total().requests()).isBetween((long) least, (long) recorded);
        } else {
            assertThat(millisight
                            .requests(RequestQuery.all(ALWAYS, RequestQuery.MAX_LIMIT))
                            .requests()
                            .size())
                    .isBetween(least, recorded);
        }
        return true;
    }

    /** E1: every request recorded is in the store once, and no other. E3: its rollups are the sums of these requests. */
    public void check(Store store) {
        BitSet found = new BitSet();
        Map<Window, Rollup> minutes = new HashMap<>();
        Map<Window, Rollup> hours = new HashMap<>();
        for (StoredRequest request : all(store)) {
            int id = Math.toIntExact(request.durationNanos() - FIRST_NANOS);
            assertThat(found.get(id))
                    .as("request " + id + " is stored more than once")
                    .isFalse();
            found.set(id);
            assertThat(request.endpoint().route()).isEqualTo(route(id));
            assertThat(request.status()).isEqualTo(status(id));
            assertThat(request.userId()).isEqualTo(user(id));
            add(minutes, request, TimeRange.MINUTE);
            add(hours, request, TimeRange.HOUR);
        }
        assertThat(found.length()).as("the last request").isEqualTo(recorded);
        assertThat(found.cardinality()).as("different requests").isEqualTo(recorded);
        assertThat(sums(store, RollupQuery.Resolution.MINUTE, TimeRange.MINUTE)).isEqualTo(snapshots(minutes));
        assertThat(sums(store, RollupQuery.Resolution.COARSEST, TimeRange.HOUR)).isEqualTo(snapshots(hours));
    }

    private static List<StoredRequest> all(Store store) {
        List<StoredRequest> all = new ArrayList<>();
        RequestKey after = null;
        do {
            RequestPage page = store.requests(
                    RequestQuery.all(ALWAYS, RequestQuery.MAX_LIMIT).after(after));
            all.addAll(page.requests());
            after = page.next();
        } while (after != null);
        return all;
    }

    private static void add(Map<Window, Rollup> sums, StoredRequest request, long windowMicros) {
        sums.computeIfAbsent(
                        new Window(
                                request.endpoint(),
                                Math.floorDiv(request.completedAtMicros(), windowMicros) * windowMicros),
                        window -> new Rollup())
                .add(new Observation(
                        0,
                        request.endpoint(),
                        request.status(),
                        request.outcome(),
                        request.stream(),
                        request.completedAtMicros(),
                        request.durationNanos(),
                        request.userId(),
                        null));
    }

    private static Map<Window, RollupSnapshot> sums(Store store, RollupQuery.Resolution resolution, long windowMicros) {
        Map<Window, Rollup> sums = new HashMap<>();
        TimeRange range = new TimeRange(
                Math.floorDiv(ALWAYS.fromMicros(), TimeRange.HOUR) * TimeRange.HOUR,
                Math.floorDiv(ALWAYS.toMicros(), TimeRange.HOUR) * TimeRange.HOUR);
        store.rollups(new RollupQuery(range, resolution, Scope.ALL), (endpoint, start, rollup) -> sums.computeIfAbsent(
                        new Window(endpoint, Math.floorDiv(start, windowMicros) * windowMicros), window -> new Rollup())
                .add(rollup));
        return snapshots(sums);
    }

    private static Map<Window, RollupSnapshot> snapshots(Map<Window, Rollup> rollups) {
        Map<Window, RollupSnapshot> snapshots = new HashMap<>();
        rollups.forEach((window, rollup) -> snapshots.put(window, rollup.snapshot()));
        return snapshots;
    }
}
