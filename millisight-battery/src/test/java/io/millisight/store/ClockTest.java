package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.alert.AlertLog;
import io.millisight.alert.SpikeDetector;
import io.millisight.battery.Battery;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.live.LiveSummary;
import io.millisight.live.LiveView;
import io.millisight.live.SlowRequests;
import io.millisight.observe.Outcome;
import io.millisight.observe.WallAnchor;
import io.millisight.rollup.JournalConsumer;
import io.millisight.rollup.TimeRange;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 9: the wall clock jumps, from a millisecond to a year, both ways; time zones change to and from summer time. A sequence,
 * decided by its seed, begins with a history of nearly a week, and then jumps, records, stores, does upkeep and starts again. The clock
 * is never wrong for a whole day.
 */
class ClockTest {

    /** Zones whose changes differ: by an hour, by half an hour, in winter, in the other half of the year, and not at all. */
    private static final List<String> ZONES =
            List.of("America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "America/Santiago", "Asia/Kathmandu");

    private static final long DAY = 24 * TimeRange.HOUR;
    private static final long YEAR = 366 * DAY;
    private static final long SECOND = 1_000_000L;

    /** One sequence of so many is run again with each zone as the JVM's own: that must not matter. */
    private static final int IN_ALL_ZONES = 50;

    /** One sequence of so many has its store on disk, and restarts. */
    private static final int ON_DISK = 10;

    private TimeZone before = TimeZone.getDefault();
    private Path folder;
    private long jumps;
    private long recorded;
    private long ofHistory;
    private long restarts;

    @BeforeEach
    void prepare(@TempDir Path temporary) throws IOException {
        before = TimeZone.getDefault();
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "millisight-battery-") : temporary;
    }

    @AfterEach
    void restore() throws IOException {
        TimeZone.setDefault(before);
        for (String file : new String[] {"millisight.db", "millisight.db-wal", "millisight.db-shm"}) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.deleteIfExists(folder);
    }

    @Test
    void aClockThatJumpsForLessThanADayEatsNoHistoryAndLosesNoRequest() throws IOException {
        Battery row = Battery.row(9, "clocks that jump", 100, 10_000);
        for (int round = 0; round < row.rounds(); round++) {
            String zone = ZONES.get(round % ZONES.size());
            boolean onDisk = round % ON_DISK == 0;
            try {
                int digest = run(round, zone, onDisk);
                if (round % IN_ALL_ZONES == 0) {
                    for (String other : ZONES) {
                        assertThat(run(round, zone, other, onDisk))
                                .as("digest in " + other)
                                .isEqualTo(digest);
                    }
                }
            } catch (AssertionError e) {
                throw new AssertionError("sequence " + round + " in " + zone + ": " + e.getMessage(), e);
            }
            row.progress(round + 1);
        }
        row.held(jumps + " jumps, " + restarts + " restarts, " + ZONES.size() + " zones: " + recorded
                + " requests, each in its windows; " + ofHistory + " of the week before, none trimmed");
    }

    private int run(long seed, String zone, boolean onDisk) throws IOException {
        return run(seed, zone, zone, onDisk);
    }

    private int run(long seed, String zone, String defaultZone, boolean onDisk) throws IOException {
        TimeZone.setDefault(TimeZone.getTimeZone(defaultZone));
        Random random = new Random(seed);
        long begin = aroundAChange(random, ZoneId.of(zone));
        for (String file : new String[] {"millisight.db", "millisight.db-wal", "millisight.db-shm"}) {
            Files.deleteIfExists(folder.resolve(file));
        }
        try (Store store = onDisk
                ? Stores.open("sqlite", folder, Retention.defaults())
                : new InMemoryStore(Retention.defaults(), 16 << 20)) {
            return new Sequence(random, begin, store, onDisk).run();
        }
    }

    /** An instant from 1971 on, a few hours before the zone's next change where it has one. */
    private static long aroundAChange(Random random, ZoneId zone) {
        Instant any = Instant.ofEpochSecond((365 + random.nextInt(365 * 60)) * 86_400L);
        var change = zone.getRules().nextTransition(any);
        Instant begin = change == null ? any : change.getInstant();
        return begin.minusSeconds(random.nextInt(4 * 3_600)).getEpochSecond() * SECOND + random.nextInt(1_000_000);
    }

    /** From a millisecond to a year, in microseconds, of any order of magnitude alike; ahead or back. */
    private static long jump(Random random) {
        double millis = Math.exp(random.nextDouble() * Math.log(YEAR / 1_000.0));
        return Math.round(millis) * (random.nextBoolean() ? 1_000 : -1_000);
    }

    /** One sequence: the parts that are behind {@code Millisight}, with the test for the threads' part. */
    private final class Sequence {

        private final Random random;
        private final ManualClock clock;
        private final long begunMicros;
        private final Store store;
        private final boolean persistent;
        private final JournalFolder journalFolder = JournalFolder.inMemory(1 << 18, 16, "battery");
        private final Journal journal = journalFolder.journal();
        private final WallAnchor anchor;
        private final StoreFeed feed;
        private final LiveView live;
        private final JournalConsumer consumer;
        private StoreWriter writer;

        /** By duration, which tells requests apart: the wall time that they were given. */
        private final TreeMap<Long, Long> completedAt = new TreeMap<>();

        private int history;

        Sequence(Random random, long begunMicros, Store store, boolean persistent) {
            this.random = random;
            this.begunMicros = begunMicros;
            this.store = store;
            this.persistent = persistent;
            clock = new ManualClock(begunMicros);
            anchor = new WallAnchor(clock);
            JournalReader reader = journalFolder.recover(Optional.empty(), clock);
            feed = new StoreFeed(journal, reader.cursor());
            MillisightConfig config = MillisightConfig.defaults();
            SlowRequests slow = new SlowRequests(clock, config::slowThresholdNanos);
            live = new LiveView(
                    clock,
                    config.window(),
                    config.slice(),
                    slow,
                    new SpikeDetector(config.spike(), config.window(), new AlertLog()::raise));
            consumer = new JournalConsumer(journal, reader, clock, anchor, List.of(feed, live, slow));
            writer = writer();
        }

        private StoreWriter writer() {
            return new StoreWriter(
                    store,
                    feed,
                    new HealthFeed("shop", "one"),
                    new StoreWriter.Identity("shop", "one", journal.id()),
                    journalFolder.endpoints()::endpoints,
                    () -> consumer.read(() -> {
                        feed.cut();
                        return true;
                    }),
                    clock,
                    Duration.ofSeconds(1));
        }

        /** What the clock would show if it had never jumped. */
        private long truthMicros() {
            return begunMicros + clock.nanoTime() / 1_000;
        }

        int run() {
            for (int hours = 0; hours < 156; hours += 6) {
                record(1 + random.nextInt(3));
                flush();
                upkeep();
                clock.advance(Duration.ofHours(6));
            }
            history = completedAt.size();
            int steps = 10 + random.nextInt(30);
            for (int step = 0; step < steps; step++) {
                step();
            }
            clock.setEpochMicros(truthMicros());
            flush();
            upkeep();
            check();
            recorded += completedAt.size();
            ofHistory += history;
            return digest();
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1 -> {
                    jumps++;
                    long target = clock.epochMicros() + jump(random);
                    clock.setEpochMicros(Math.max(truthMicros() - YEAR, Math.min(truthMicros() + YEAR, target)));
                }
                case 2 -> clock.setEpochMicros(truthMicros());
                case 3 -> anchor.refresh();
                case 4, 5 -> record(1 + random.nextInt(5));
                case 6 -> clock.advance(Duration.ofMillis(1 + random.nextInt(600_000)));
                case 7 -> flush();
                case 8 -> upkeep();
                default -> startAgain();
            }
        }

        private void record(int requests) {
            for (int n = 0; n < requests; n++) {
                clock.advance(Duration.ofMillis(random.nextInt(2_000)));
                long duration = 1_000L + completedAt.size();
                long end = clock.nanoTime();
                long at = anchor.epochNanos(end);
                completedAt.put(duration, Math.floorDiv(at, 1_000));
                int id = journalFolder.endpoints().idOf("GET", "/" + duration % 3);
                assertThat(journal.append(id, 200, Outcome.COMPLETED.code(), at, duration, null, null))
                        .isTrue();
            }
        }

        private void flush() {
            writer.flush();
        }

        private void upkeep() {
            clock.advance(Duration.ofSeconds(11));
            writer.upkeep();
        }

        /** As far as the store is concerned: what it trusts is asked for anew. */
        private void startAgain() {
            if (persistent) {
                restarts++;
                flush();
                writer = writer();
            }
        }

        private void check() {
            long now = truthMicros();
            Map<Long, Long> stored = stored();
            completedAt.forEach((duration, at) -> {
                boolean isHistory = duration < 1_000 + history;
                // What was labelled with a time that has long ended may go, and nothing else.
                if (isHistory || at > now - 7 * DAY + TimeRange.HOUR) {
                    assertThat(stored.get(duration))
                            .as((isHistory ? "request of the history at " : "request at ") + at + ", now " + now)
                            .isEqualTo(at);
                }
            });
            assertThat(completedAt).containsAllEntriesOf(stored);

            Map<Long, Long> minutes = windows(RollupQuery.Resolution.MINUTE, TimeRange.MINUTE);
            expected(TimeRange.MINUTE).forEach((window, requests) -> {
                if (window > now - 8 * DAY + TimeRange.HOUR) {
                    assertThat(minutes.get(window))
                            .as("requests of minute " + window)
                            .isEqualTo(requests);
                }
            });
            assertThat(windows(RollupQuery.Resolution.COARSEST, TimeRange.HOUR)).isEqualTo(expected(TimeRange.HOUR));

            LiveSummary summary = consumer.read(() -> live.summary(clock.epochMicros()));
            assertThat(summary.totalRequests()).isEqualTo(completedAt.size());
            assertThat(summary.windowMicros()).isBetween(0L, TimeRange.MINUTE * 5);
        }

        private Map<Long, Long> stored() {
            Map<Long, Long> stored = new HashMap<>();
            for (StoredRequest request : store.requests(RequestQuery.all(always(), RequestQuery.MAX_LIMIT))
                    .requests()) {
                assertThat(stored.put(request.durationNanos(), request.completedAtMicros()))
                        .as("stored twice: " + request)
                        .isNull();
            }
            return stored;
        }

        private Map<Long, Long> windows(RollupQuery.Resolution resolution, long windowMicros) {
            Map<Long, Long> windows = new HashMap<>();
            store.rollups(
                    new RollupQuery(always(), resolution, Scope.ALL),
                    (endpoint, start, rollup) -> windows.merge(
                            Math.floorDiv(start, windowMicros) * windowMicros, rollup.requests(), Long::sum));
            return windows;
        }

        private Map<Long, Long> expected(long windowMicros) {
            Map<Long, Long> windows = new HashMap<>();
            completedAt
                    .values()
                    .forEach(at -> windows.merge(Math.floorDiv(at, windowMicros) * windowMicros, 1L, Long::sum));
            return windows;
        }

        private TimeRange always() {
            long hour = Math.floorDiv(begunMicros, TimeRange.HOUR) * TimeRange.HOUR;
            return new TimeRange(hour - 2 * YEAR, hour + 2 * YEAR);
        }

        private int digest() {
            return Objects.hash(stored(), windows(RollupQuery.Resolution.COARSEST, TimeRange.MINUTE), clock.nanoTime());
        }
    }

    @Test
    void noDurationIsNegativeAndAllWindowsSumUpWhateverTheClocksSay() {
        Battery row = Battery.row(9, "durations", 1_000, 10_000);
        Random random = new Random(9);
        ManualClock clock = new ManualClock();
        long begin = clock.epochMicros();
        long[] durations = new long[row.rounds()];
        Retention all = new Retention(
                Duration.ofDays(3_000),
                1L << 30,
                Duration.ofDays(3_000),
                Duration.ofDays(3_000),
                Duration.ofDays(3_000));
        try (Millisight millisight = Millisight.start(
                MillisightConfig.builder().store("memory").retention(all).build(), clock)) {
            for (int round = 0; round < row.rounds(); round++) {
                clock.setEpochMicros(begin + jump(random));
                long end = clock.nanoTime();
                long duration = random.nextInt(10) == 0 ? -random.nextInt(1_000_000) : random.nextInt(1_000_000_000);
                durations[round] = Math.max(0, duration);
                millisight.record("GET", "/a", 200, Outcome.COMPLETED, false, end - duration, end, null, null);
                clock.advance(Duration.ofNanos(random.nextInt(20_000_000)));
                row.progress(round + 1);
            }
            TimeRange always = new TimeRange(begin - 2 * YEAR, begin + 2 * YEAR);
            long[] stored = millisight.requests(RequestQuery.all(always, RequestQuery.MAX_LIMIT)).requests().stream()
                    .mapToLong(StoredRequest::durationNanos)
                    .toArray();
            Arrays.sort(stored);
            Arrays.sort(durations);
            assertThat(stored).isEqualTo(durations);
            assertThat(stored[0]).isNotNegative();
            assertThat(millisight.report(always).total().requests()).isEqualTo(row.rounds());
            LiveSummary summary = millisight.summary();
            assertThat(summary.totalRequests()).isEqualTo(row.rounds());
            assertThat(summary.window().requests()).isEqualTo(row.rounds());
            assertThat(summary.slowRequestCount())
                    .isEqualTo(Arrays.stream(stored)
                            .filter(nanos -> nanos > 500_000_000)
                            .count());
            row.held(stored.length + " requests, the shortest " + stored[0] + " ns; live, windows and store agree");
        }
    }
}
