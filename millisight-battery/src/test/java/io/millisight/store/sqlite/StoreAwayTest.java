package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.battery.Battery;
import io.millisight.battery.Trial;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.report.EndpointReport;
import io.millisight.report.PerformanceReport;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestKey;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.StoreException;
import io.millisight.store.StoredRequest;
import io.millisight.store.sqlite.JdbcFaults.Fault;
import io.millisight.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 6: the store is away for longer than the ring holds, and for days. */
@Timeout(3_600)
class StoreAwayTest {

    private static final long START = 1_767_225_600_000_000L;
    private static final long DAY = 24 * TimeRange.HOUR;
    private static final int SLOT_BYTES = 64;

    private final ManualClock clock = new ManualClock(START);
    private final CountDownLatch back = new CountDownLatch(1);
    private final JdbcFaults faults = new JdbcFaults(new Random(6), () -> await(back));

    @TempDir
    private Path data;

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Millisight start(int journalBytes) {
        FaultySqlite.faults = faults;
        return Millisight.start(
                MillisightConfig.builder()
                        .service("shop")
                        .dataDirectory(data)
                        .store(FaultySqlite.NAME)
                        .journalBytes(journalBytes)
                        .flushInterval(Duration.ofMillis(10))
                        .build(),
                clock);
    }

    @Test
    void totalsAndPercentilesStayExactWhileAStoreThatFailsMissesThreeRings() throws Exception {
        missesRings("store away for three rings", Fault.FAIL);
    }

    @Test
    void requestsNeverWaitWhileAStoreThatHangsMissesThreeRings() throws Exception {
        missesRings("store hanging for three rings", Fault.HANG);
    }

    private void missesRings(String name, Fault fault) throws Exception {
        Battery row = Battery.row(6, name, 3, 3);
        int ringBytes = Battery.isFull() ? 16 << 20 : 1 << 20;
        int slots = ringBytes / SLOT_BYTES;
        try (Millisight millisight = start(ringBytes)) {
            List<RequestThread> threads = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                threads.add(new RequestThread(millisight, thread));
            }
            record(millisight, threads, slots / 2, slots / 64);
            millisight.flush();
            long before = millisight.ledger().stored();
            faults.follow(sql -> fault);
            for (int ring = 0; ring < row.rounds(); ring++) {
                record(millisight, threads, slots, slots / 64);
                row.progress(ring + 1);
            }
            Ledger away = millisight.ledger();
            assertThat(away.stored()).as("stored meanwhile").isEqualTo(before);
            assertThat(away.dropped().get("journal_full")).as("not taken").isZero();
            long givenUp = Objects.requireNonNull(away.dropped().get("store_away"));
            assertThat(givenUp).isGreaterThan(2L * slots - slots / 2);

            faults.end();
            back.countDown();
            flushPatiently(millisight);
            assertIsComplete(millisight, threads);
            Ledger ledger = millisight.ledger();
            row.held("ring of " + slots + " slots: " + ledger.seen() + " requests, " + ledger.stored()
                    + " stored one by one, "
                    + givenUp + " given up and counted, " + ledger.pending()
                    + " pending; totals and percentiles of all of them equal to the last bit");
        }
    }

    /** Many threads at once; the consumer gets the chance to follow, as at any load that it can follow. */
    private void record(Millisight millisight, List<RequestThread> threads, int requests, int atOnce) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads.size());
        try {
            for (int done = 0; done < requests; done += atOnce) {
                List<Future<?>> running = new ArrayList<>();
                for (RequestThread thread : threads) {
                    running.add(pool.submit(() -> thread.record(atOnce / threads.size())));
                }
                for (Future<?> future : running) {
                    future.get();
                }
                clock.advance(Duration.ofMillis(700));
                assertThat(millisight.summary().totalRequests()).isPositive();
                assertBalance(millisight.ledger());
            }
        } finally {
            pool.shutdown();
        }
    }

    /** The store's own thread may just be catching up, for longer than a reader waits. */
    private static void flushPatiently(Millisight millisight) {
        for (int attempt = 1; ; attempt++) {
            try {
                millisight.flush();
                return;
            } catch (StoreException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }

    private static void assertBalance(Ledger ledger) {
        long dropped =
                ledger.dropped().values().stream().mapToLong(Long::longValue).sum();
        assertThat(ledger.seen()).isEqualTo(ledger.stored() + ledger.pending() + dropped);
    }

    private static void assertIsComplete(Millisight millisight, List<RequestThread> threads) {
        Ledger ledger = millisight.ledger();
        assertBalance(ledger);
        assertThat(ledger.pending()).isZero();
        long recorded = threads.stream().mapToLong(thread -> thread.recorded).sum();
        assertThat(ledger.seen()).isEqualTo(recorded);

        Map<Endpoint, Rollup> expected = new HashMap<>();
        for (RequestThread thread : threads) {
            thread.rollups.forEach((endpoint, rollup) ->
                    expected.computeIfAbsent(endpoint, key -> new Rollup()).add(rollup));
        }
        Rollup total = new Rollup();
        expected.values().forEach(total::add);
        PerformanceReport report = millisight.report(Trial.ALWAYS);
        assertThat(report.total()).isEqualTo(total.snapshot());
        for (double q : new double[] {0.5, 0.95, 0.99, 1}) {
            assertThat(report.total().latency().quantileNanos(q))
                    .isEqualTo(total.snapshot().latency().quantileNanos(q));
        }
        Map<Endpoint, RollupSnapshot> byEndpoint = new HashMap<>();
        expected.forEach((endpoint, rollup) -> byEndpoint.put(endpoint, rollup.snapshot()));
        Map<Endpoint, RollupSnapshot> reported = new HashMap<>();
        for (EndpointReport endpoint : report.endpoints()) {
            reported.put(endpoint.endpoint(), endpoint.rollup());
        }
        assertThat(reported).isEqualTo(byEndpoint);
        assertThat(storedOnce(millisight)).isEqualTo(ledger.stored());
    }

    private static long storedOnce(Millisight millisight) {
        BitSet found = new BitSet();
        RequestKey after = null;
        do {
            RequestPage page = millisight.requests(
                    RequestQuery.all(Trial.ALWAYS, RequestQuery.MAX_LIMIT).after(after));
            for (StoredRequest request : page.requests()) {
                int id = Integer.parseInt(Objects.requireNonNull(request.userId()));
                assertThat(found.get(id))
                        .as("request " + id + " is stored more than once")
                        .isFalse();
                found.set(id);
            }
            after = page.next();
        } while (after != null);
        return found.cardinality();
    }

    /** A thread of the observed service, and what it remembers of its requests. */
    private final class RequestThread {

        private final Millisight millisight;
        private final int number;
        private final Random random;
        private final Map<Endpoint, Rollup> rollups = new HashMap<>();
        private long recorded;

        RequestThread(Millisight millisight, int number) {
            this.millisight = millisight;
            this.number = number;
            this.random = new Random(number);
        }

        void record(int requests) {
            for (int n = 0; n < requests; n++) {
                Endpoint endpoint = new Endpoint("GET", "/items/" + (char) ('a' + random.nextInt(12)));
                long duration = (long) Math.exp(7 + 14 * random.nextDouble());
                int status = random.nextInt(20) == 0 ? 503 : 200;
                long end = clock.nanoTime();
                millisight.record(
                        endpoint.method(),
                        endpoint.route(),
                        status,
                        Outcome.COMPLETED,
                        false,
                        end - duration,
                        end,
                        Long.toString(recorded * 4 + number),
                        null);
                recorded++;
                rollups.computeIfAbsent(endpoint, key -> new Rollup()).add(observation(endpoint, status, duration));
            }
        }
    }

    private static Observation observation(Endpoint endpoint, int status, long duration) {
        return new Observation(0, endpoint, status, Outcome.COMPLETED, false, 0, duration, null, null);
    }

    private static final int ENDPOINTS = 60;

    @Test
    void heapStaysFlatAndTotalsExactHoweverManyDaysTheStoreIsAway() {
        Battery row = Battery.row(6, "store away for days", 1, 30);
        try (Millisight millisight = start(1 << 20)) {
            aDay(millisight, 0, false);
            millisight.flush();
            faults.follow(sql -> Fault.FAIL);
            long before = heap();
            long most = 0;
            for (int day = 1; day <= row.rounds(); day++) {
                aDay(millisight, day, true);
                most = Math.max(most, heap() - before);
                assertThat(most).as("heap grown by, after " + day + " days").isLessThan(32L << 20);
                row.progress(day);
            }
            faults.end();
            millisight.flush();
            SqliteStore store = Objects.requireNonNull(FaultySqlite.opened);
            int days = row.rounds() + 1;
            int minutes = minutesTold(store);
            assertTotals(store, days);
            while (store.maintain(clock.epochMicros())) {}
            assertTotals(store, days);
            Ledger ledger = millisight.ledger();
            assertBalance(ledger);
            assertThat(ledger.pending()).isZero();
            assertThat(ledger.seen()).isEqualTo((long) ENDPOINTS * 1_440 * days);
            row.held(ledger.seen() + " requests of " + ENDPOINTS + " endpoints, "
                    + ledger.dropped().get("store_away")
                    + " given up and counted; heap grew by at most " + (most >> 20) + " MiB; " + minutes + " of "
                    + 1_440 * days + " minutes told apart, the last hours and all days exact to the last bit");
        }
    }

    /** A request a minute to each endpoint. Somebody looks into the reports now and then, in vain while the store is away. */
    private void aDay(Millisight millisight, int day, boolean away) {
        for (int minute = 0; minute < 1_440; minute++) {
            for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                long end = clock.nanoTime();
                millisight.record(
                        "GET",
                        "/items/" + endpoint,
                        200,
                        Outcome.COMPLETED,
                        false,
                        end - duration(endpoint, day * 1_440L + minute),
                        end,
                        null,
                        null);
            }
            clock.advance(Duration.ofMinutes(1));
            if (minute % 60 == 0) {
                if (away) {
                    assertThatThrownBy(millisight::flush).isInstanceOf(StoreException.class);
                } else {
                    millisight.flush();
                }
            }
        }
    }

    private static long duration(int endpoint, long minute) {
        return (long) Math.exp(9 + 9 * new Random(minute * ENDPOINTS + endpoint).nextDouble());
    }

    private static long heap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private record Window(String route, long startMicros) {}

    private static int minutesTold(SqliteStore store) {
        Set<Long> minutes = new HashSet<>();
        store.rollups(
                new RollupQuery(Trial.ALWAYS.wholeMinutes(), RollupQuery.Resolution.MINUTE, Scope.ALL),
                (endpoint, start, rollup) -> minutes.add(start));
        return minutes.size();
    }

    private static void assertTotals(SqliteStore store, int days) {
        TimeRange all = new TimeRange(START, START + days * DAY);
        TimeRange lastDay = new TimeRange(all.toMicros() - DAY, all.toMicros());
        assertThat(sums(store, all, DAY)).isEqualTo(expected(all, DAY));
        assertThat(sums(store, lastDay, TimeRange.HOUR)).isEqualTo(expected(lastDay, TimeRange.HOUR));
    }

    private static Map<Window, RollupSnapshot> sums(SqliteStore store, TimeRange range, long windowMicros) {
        Map<Window, Rollup> sums = new HashMap<>();
        store.rollups(
                new RollupQuery(range, RollupQuery.Resolution.COARSEST, Scope.ALL),
                (endpoint, start, rollup) -> sums.computeIfAbsent(
                                new Window(endpoint.route(), Math.floorDiv(start, windowMicros) * windowMicros),
                                window -> new Rollup())
                        .add(rollup));
        return snapshots(sums);
    }

    private static Map<Window, RollupSnapshot> expected(TimeRange range, long windowMicros) {
        Map<Window, Rollup> sums = new HashMap<>();
        for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
            Endpoint of = new Endpoint("GET", "/items/" + endpoint);
            for (long at = range.fromMicros(); at < range.toMicros(); at += TimeRange.MINUTE) {
                sums.computeIfAbsent(
                                new Window(of.route(), Math.floorDiv(at, windowMicros) * windowMicros),
                                window -> new Rollup())
                        .add(observation(of, 200, duration(endpoint, (at - START) / TimeRange.MINUTE)));
            }
        }
        return snapshots(sums);
    }

    private static Map<Window, RollupSnapshot> snapshots(Map<Window, Rollup> rollups) {
        Map<Window, @Nullable RollupSnapshot> snapshots = new HashMap<>();
        rollups.forEach((window, rollup) -> snapshots.put(window, rollup.snapshot()));
        return snapshots;
    }
}
