package io.millisight;

import io.millisight.alert.Alert;
import io.millisight.alert.AlertLog;
import io.millisight.alert.HealthWatch;
import io.millisight.alert.SpikeDetector;
import io.millisight.fleet.FleetWatch;
import io.millisight.fleet.LifeSign;
import io.millisight.health.HealthMonitor;
import io.millisight.journal.EndpointDictionary;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.live.LiveSummary;
import io.millisight.live.LiveView;
import io.millisight.live.RequestLog;
import io.millisight.live.SlowRequest;
import io.millisight.live.SlowRequests;
import io.millisight.observe.Endpoint;
import io.millisight.observe.InFlight;
import io.millisight.observe.Observer;
import io.millisight.observe.Outcome;
import io.millisight.observe.Recorder;
import io.millisight.observe.TimeSource;
import io.millisight.observe.UserIds;
import io.millisight.observe.WallAnchor;
import io.millisight.report.ActivityReport;
import io.millisight.report.HealthHistory;
import io.millisight.report.PerformanceReport;
import io.millisight.report.Reports;
import io.millisight.report.SeriesReport;
import io.millisight.rollup.JournalConsumer;
import io.millisight.rollup.ObservationSink;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthFeed;
import io.millisight.store.HealthQuery;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.store.StoreFeed;
import io.millisight.store.StoreStatus;
import io.millisight.store.StoreWriter;
import io.millisight.store.Stores;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performance monitoring of one service instance: takes finished requests and answers for them.
 *
 * <pre>
 *  record -> journal -> consumer -> { live view -> alerts, slow requests, request log, feed -> store } -> reports
 *                 health checks -> { alerts, feed -> store } -> history
 *                                              store -> what the fleet did -> alerts, raised once
 * </pre>
 *
 * <p>Any thread may call any method. {@link #record} never throws, never waits, takes no lock and allocates nothing for a
 * known endpoint; everything else may take milliseconds and does not belong on a request's way.
 */
public final class Millisight implements Recorder, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("millisight");
    private static final String VERSION = OwnVersion.read();

    private final MillisightConfig config;
    private final TimeSource time;
    private final UserIds userIds;
    private final WallAnchor anchor;
    private final Storage storage;
    private final Journal journal;
    private final EndpointDictionary endpoints;
    private final JournalReader reader;
    private final Store store;
    private final AlertLog alertLog = new AlertLog();
    private final SpikeDetector spikes;
    private final SlowRequests slowRequests;
    private final LiveView live;
    private final RequestLog requestLog;
    private final StoreFeed feed;
    private final HealthFeed healthFeed;
    private final HealthMonitor health;
    private final JournalConsumer consumer;
    private final StoreWriter writer;
    private final Reports reports;
    private final LifeSign lifeSign;
    private final long startedAtMicros;
    private final long leastSlowNanos;
    private final LongAdder ringFull = new LongAdder();
    private final InFlight inFlight = new InFlight();

    /** No LongAdder: that one allocates, and memory may be what we are out of. */
    private final AtomicLong recorderFaults = new AtomicLong();

    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts monitoring by the machine's clocks.
     *
     * @throws IllegalArgumentException when the configured store does not exist on the classpath, or a configured check
     *     cannot be made
     */
    public static Millisight start(MillisightConfig config) {
        return start(config, TimeSource.SYSTEM);
    }

    /**
     * Starts monitoring by these clocks.
     *
     * @throws IllegalArgumentException when the configured store does not exist on the classpath, or a configured check
     *     cannot be made
     */
    public static Millisight start(MillisightConfig config, TimeSource time) {
        try {
            return started(config, time, Storage.open(config, time));
        } catch (StoreException e) {
            log.warn(
                    "store {} cannot be opened; history is kept in memory until the next start",
                    Stores.shown(config.store()),
                    e);
            // The ring on disk stays as it is: a store in memory would free what only the next start can really store.
            return started(config, time, Storage.inMemory(config, "the store cannot be opened"));
        }
    }

    /** Releases the storage when it fails. */
    private static Millisight started(MillisightConfig config, TimeSource time, Storage storage) {
        try {
            Millisight millisight = new Millisight(config, time, storage);
            millisight.begin();
            return millisight;
        } catch (RuntimeException | Error e) {
            storage.close(false);
            throw e;
        }
    }

    private Millisight(MillisightConfig config, TimeSource time, Storage storage) {
        JournalFolder folder = storage.folder();
        this.config = config;
        this.time = time;
        this.storage = storage;
        this.store = storage.store();
        this.userIds = new UserIds(config.userId());
        this.anchor = new WallAnchor(time);
        this.journal = folder.journal();
        this.endpoints = folder.endpoints();
        this.reader = folder.recover(store.cursor(journal.id()), time);
        this.startedAtMicros = time.epochMicros();
        this.spikes = new SpikeDetector(config.spike(), config.window(), alertLog::raise);
        this.slowRequests = new SlowRequests(time, config::slowThresholdNanos);
        this.live = new LiveView(time, config.window(), config.slice(), slowRequests, spikes);
        this.requestLog = new RequestLog(time, config.requestLogLimit());
        this.feed = new StoreFeed(journal, reader.cursor());
        this.healthFeed = new HealthFeed(config.service(), config.instance());
        this.health = new HealthMonitor(time, List.of(new HealthWatch(time, alertLog), healthFeed));
        feedWhatAnEarlierProcessLeft();
        List<ObservationSink> sinks = List.of(feed, live, slowRequests, requestLog);
        this.consumer = new JournalConsumer(journal, reader, time, anchor, sinks);
        this.writer = new StoreWriter(
                store,
                feed,
                healthFeed,
                new StoreWriter.Identity(config.service(), config.instance(), journal.id()),
                endpoints::endpoints,
                this::cut,
                time,
                config.flushInterval());
        this.reports = new Reports(store);
        this.lifeSign = new LifeSign(store, time, this::present);
        writer.atUpkeep(lifeSign);
        writer.atUpkeep(new FleetWatch(
                store,
                time,
                config.service(),
                config.instance(),
                config.spike(),
                config.window(),
                config.flushInterval(),
                alertLog));
        this.leastSlowNanos = config.slowThresholds().values().stream()
                .mapToLong(Duration::toNanos)
                .reduce(config.slowThreshold().toNanos(), Math::min);
    }

    /** Stored, but not counted as live: those requests are not of this run. */
    private void feedWhatAnEarlierProcessLeft() {
        long recovered = 0;
        int step;
        do {
            step = reader.poll(StoreFeed.PORTION / 2, feed::accept);
            feed.readUpTo(reader.cursor());
            recovered += step;
        } while (step > 0);
        feed.cut();
        if (recovered + reader.torn() > 0) {
            log.info("journal: {} requests recovered from an earlier run, {} torn", recovered, reader.torn());
        }
    }

    /** What was recovered goes first: the ring may be nearly full of it. */
    private void begin() {
        OwnChecks.of(config.health(), self(), storage.folder().folder()).forEach(health::add);
        try {
            writer.storeCut();
        } catch (StoreException e) {
            log.warn("what an earlier run left is not stored yet; it stays in the journal", e);
        }
        consumer.start();
        writer.start();
        health.start();
    }

    /** How the monitor itself is. */
    private SelfProbe self() {
        boolean instead = storage.folder().folder().isEmpty() && !config.store().equals(Storage.MEMORY);
        String inMemory = instead ? journal.description() : null;
        return new SelfProbe(this::ledger, journal::fill, writer::isAway, healthFeed::givenUp, inMemory);
    }

    /** The settings that are in force. */
    public MillisightConfig config() {
        return config;
    }

    /** The clocks that recording goes by. */
    public TimeSource time() {
        return time;
    }

    @Override
    public void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long startNanos,
            long endNanos,
            @Nullable String userId,
            @Nullable String path) {
        try {
            if (closed.get()) {
                return;
            }
            long duration = Math.max(0, endNanos - startNanos);
            boolean taken = journal.append(
                    endpoints.idOf(method, route),
                    status,
                    stream ? outcome.code() | Journal.STREAM : outcome.code(),
                    anchor.epochNanos(endNanos),
                    duration,
                    userId == null ? null : userIds.kept(userId),
                    duration > leastSlowNanos || requestLog.wantsPaths() ? path : null);
            if (!taken) {
                ringFull.increment();
            }
        } catch (Throwable t) {
            recorderFaults.getAndIncrement();
        }
    }

    @Override
    public void countLost() {
        if (!closed.get()) {
            recorderFaults.getAndIncrement();
        }
    }

    /** What an adapter to a container observes requests with; each has its own. */
    public Observer newObserver() {
        return new Observer(this, time, inFlight, config.exclude(), config.userId(), config.serverTiming());
    }

    /** Requests that have begun and are not recorded yet: whoever records tells of both. */
    public InFlight inFlight() {
        return inFlight;
    }

    /** What is known from memory; holds everything that completed before the call. */
    public LiveSummary summary() {
        return consumer.read(() -> live.summary(time.epochMicros()));
    }

    /** Begins the live view anew: counts, window, slow requests, alerts and their baselines. Stored history stays. */
    public void reset() {
        consumer.read(() -> {
            live.reset();
            slowRequests.reset();
            spikes.reset();
            alertLog.reset();
            return true;
        });
    }

    /**
     * Slow requests, newest first: the last 100 of all, and a fair share of each endpoint.
     *
     * @param endpoint of this endpoint alone, or null for all
     * @param limit at most so many
     */
    public List<SlowRequest> slowRequests(@Nullable Endpoint endpoint, int limit) {
        return consumer.read(() -> slowRequests.list(endpoint, limit));
    }

    /** The last 100 alerts, newest first: of this instance, and of all of them together. */
    public List<Alert> alerts() {
        return consumer.read(alertLog::alerts);
    }

    /** The figures of a range for this service, all its instances together; see {@link #report(TimeRange, Scope)}. */
    public PerformanceReport report(TimeRange range) {
        return report(range, Scope.ofService(config.service()));
    }

    /**
     * The figures of a range, widened to whole minutes.
     *
     * @param scope whose: as far as they write to this instance's store
     * @throws StoreException when the store is away
     */
    public PerformanceReport report(TimeRange range, Scope scope) {
        flush();
        return reports.performance(range, scope);
    }

    /** Figures over time for this service, all its instances together; see {@link #series(TimeRange, long, Scope, Endpoint)}. */
    public SeriesReport series(TimeRange range, long stepMicros, @Nullable Endpoint endpoint) {
        return series(range, stepMicros, Scope.ofService(config.service()), endpoint);
    }

    /**
     * Figures over time.
     *
     * @param stepMicros a whole number of minutes, in microseconds
     * @param scope whose
     * @param endpoint of this endpoint alone, or null for all
     * @throws StoreException when the store is away
     */
    public SeriesReport series(TimeRange range, long stepMicros, Scope scope, @Nullable Endpoint endpoint) {
        flush();
        return reports.series(range, stepMicros, scope, endpoint);
    }

    /**
     * Requests of every endpoint over time.
     *
     * @param stepMicros a whole number of minutes, in microseconds
     * @param scope whose
     * @throws StoreException when the store is away
     */
    public ActivityReport activity(TimeRange range, long stepMicros, Scope scope) {
        flush();
        return reports.activity(range, stepMicros, scope);
    }

    /**
     * Stored requests, newest first; holds everything that completed before the call.
     *
     * @throws StoreException when the store is away
     */
    public RequestPage requests(RequestQuery query) {
        flush();
        return store.requests(query);
    }

    /**
     * How many stored requests match, by status; holds everything that completed before the call.
     *
     * @param query whose limit and place do not count
     * @throws StoreException when the store is away
     */
    public SortedMap<Integer, Long> statuses(RequestQuery query) {
        flush();
        return store.statuses(query);
    }

    /** The health checks: to add more, and to ask what is known of them. */
    public HealthMonitor health() {
        return health;
    }

    /** How the checks of this service were, on all its instances; see {@link #healthHistory(TimeRange, Scope, String)}. */
    public HealthHistory healthHistory(TimeRange range, @Nullable String check) {
        return healthHistory(range, Scope.ofService(config.service()), check);
    }

    /**
     * How checks were over a range, and when they turned.
     *
     * @param scope whose
     * @param check of this check alone, or null for all
     * @throws StoreException when the store is away
     */
    public HealthHistory healthHistory(TimeRange range, Scope scope, @Nullable String check) {
        flush();
        return reports.health(new HealthQuery(scope, range, check), time.epochMicros());
    }

    /**
     * How every instance was when it last gave a sign of life: those that write to this instance's store; this one as it is
     * now.
     *
     * @param scope of these
     * @throws StoreException when the store is away
     */
    public List<InstanceRecord> instances(Scope scope) {
        InstanceRecord self = present();
        Stream<InstanceRecord> others = store.instances().stream()
                .filter(record -> !(record.service().equals(self.service())
                        && record.instance().equals(self.instance())));
        return Stream.concat(others, Stream.of(self))
                .filter(record -> scope.matches(record.service(), record.instance()))
                .sorted(Comparator.comparing(InstanceRecord::service).thenComparing(InstanceRecord::instance))
                .toList();
    }

    private InstanceRecord present() {
        Ledger ledger = ledger();
        return new InstanceRecord(
                config.service(),
                config.instance(),
                VERSION,
                startedAtMicros,
                time.epochMicros(),
                closed.get(),
                ledger.seen(),
                ledger.stored(),
                ledger.pending(),
                ledger.dropped());
    }

    /** What became of every observation since start. */
    public Ledger ledger() {
        return consumer.read(() -> {
            StoreFeed.Counts counts = feed.counts();
            long notTaken = ringFull.sum();
            long faults = recorderFaults.get();
            long torn = reader.torn();
            return new Ledger(
                    counts.taken() + notTaken + faults + torn,
                    counts.stored(),
                    counts.pending(),
                    Map.of(
                            "journal_full", notTaken,
                            "recorder_fault", faults,
                            "torn", torn,
                            "store_away", counts.givenUp()));
        });
    }

    /** Where the journal is, for people. */
    public String journalDescription() {
        return journal.description();
    }

    /** What the store keeps. */
    public StoreStatus storeStatus() {
        return store.status();
    }

    /**
     * Stores everything that completed before the call.
     *
     * @throws StoreException when the store is away; nothing is lost, it is tried again
     */
    public void flush() {
        writer.flush();
    }

    private void cut() {
        consumer.read(() -> {
            feed.cut();
            return true;
        });
    }

    /**
     * Stores what is left and ends. Requests recorded afterwards are not taken. The folder is released whatever fails: a
     * redeployed application must not find it taken by its earlier self.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            health.close();
            consumer.close();
            if (writer.close()) {
                sayThatItEnds();
            }
        } finally {
            storage.close(ledger().pending() == 0);
        }
    }

    private void sayThatItEnds() {
        try {
            lifeSign.giveLast();
        } catch (RuntimeException e) {
            log.warn("the fleet is not told that this instance has ended; it will see so by its silence", e);
        }
    }
}
