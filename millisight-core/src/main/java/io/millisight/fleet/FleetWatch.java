package io.millisight.fleet;

import io.millisight.alert.AlertLog;
import io.millisight.alert.FleetAlert;
import io.millisight.alert.SpikeAlert;
import io.millisight.alert.SpikeDetector;
import io.millisight.alert.SpikeRule;
import io.millisight.live.ClosedSlice;
import io.millisight.observe.Endpoint;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.RollupQuery;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what all instances of a service did together, so that what befalls all of them is raised once. Idle while the store
 * is this instance's own. On the store's thread.
 *
 * <p>Every instance judges each finished minute of the service, as the store has it, by the rule that it judges itself by.
 * They see the same figures and so come to the same alerts; {@link Store#addAlert} lets one of them speak. The others
 * keep what was said.
 *
 * <p>A minute is judged when everybody has had the time to store it. The last hour's minutes teach the baselines at the
 * start, and again after a clock has jumped: by then the moving average has forgotten what came before. Minutes that are
 * found late, because the store was away, teach as well; alerts that are no news any more are not raised.
 */
public final class FleetWatch implements Runnable {

    /** Alerts about a minute that ended longer ago are no news. */
    static final long NEWS_MICROS = 5 * TimeRange.MINUTE;

    private static final long LEARNED_MICROS = TimeRange.HOUR;

    private final Store store;
    private final TimeSource time;
    private final String service;
    private final String instance;
    private final SpikeRule rule;
    private final Duration window;
    private final long graceMicros;
    private final AlertLog log;

    private final List<SpikeAlert> judged = new ArrayList<>();
    private final Map<Endpoint, Integer> endpointIds = new HashMap<>();
    private SpikeDetector detector;
    private long nextMinute = Long.MIN_VALUE;

    /** Whether others may have raised something about what was judged. */
    private boolean listens;

    /** Judged, and not known yet whether to be raised. */
    private final Deque<Claim> claims = new ArrayDeque<>();

    /** Subjects and instants of the alerts that are kept already, of the last hour. */
    private Set<String> heard = new HashSet<>();

    /** An alert that waits for the store's word. */
    private record Claim(AlertRecord record, SpikeAlert spike) {}

    /**
     * A watch over the instances of a service.
     *
     * @param instance this one's name
     * @param rule when a p99 is a spike
     * @param window minutes are gathered no longer than this until there are enough requests to judge
     * @param flushInterval how often instances store: a minute is judged 10 s and four of these after its end
     * @param log where alerts are raised and kept
     */
    public FleetWatch(
            Store store,
            TimeSource time,
            String service,
            String instance,
            SpikeRule rule,
            Duration window,
            Duration flushInterval,
            AlertLog log) {
        this.store = store;
        this.time = time;
        this.service = service;
        this.instance = instance;
        this.rule = rule;
        this.window = window;
        this.graceMicros = 10_000_000L + 4 * flushInterval.toNanos() / 1_000;
        this.log = log;
        this.detector = new SpikeDetector(rule, window, judged::add);
    }

    @Override
    public void run() {
        if (!store.isShared()) {
            return;
        }
        long end = Math.floorDiv(time.epochMicros() - graceMicros, TimeRange.MINUTE) * TimeRange.MINUTE;
        if (nextMinute > end + TimeRange.MINUTE || nextMinute < end - LEARNED_MICROS) {
            detector = new SpikeDetector(rule, window, judged::add);
            nextMinute = end - LEARNED_MICROS;
        }
        while (nextMinute < end) {
            List<SpikeAlert> spikes = judge(nextMinute);
            nextMinute += TimeRange.MINUTE;
            listens = true;
            for (SpikeAlert spike : spikes) {
                if (end - spike.atMicros() <= NEWS_MICROS) {
                    claims.add(claim(spike));
                }
            }
        }
        raiseClaimed(end);
        if (listens) {
            hear(end);
            listens = false;
        }
    }

    /** Reads all of the minute before anything is learned from it: a read that fails is repeated whole. */
    private List<SpikeAlert> judge(long minute) {
        Map<Endpoint, Rollup> sums = new LinkedHashMap<>();
        TimeRange range = new TimeRange(minute, minute + TimeRange.MINUTE);
        store.rollups(
                new RollupQuery(range, RollupQuery.Resolution.MINUTE, Scope.ofService(service)),
                (endpoint, window, rollup) ->
                        sums.computeIfAbsent(endpoint, added -> new Rollup()).add(rollup));
        if (sums.isEmpty()) {
            return List.of();
        }
        Rollup total = new Rollup();
        List<ClosedSlice.OfEndpoint> endpoints = new ArrayList<>(sums.size());
        sums.forEach((endpoint, sum) -> {
            total.add(sum);
            int id = endpointIds.computeIfAbsent(endpoint, added -> endpointIds.size());
            endpoints.add(new ClosedSlice.OfEndpoint(id, endpoint, sum.snapshot(), List.of()));
        });
        judged.clear();
        detector.closed(new ClosedSlice(
                range.fromMicros() * 1_000,
                range.toMicros() * 1_000,
                range.fromMicros(),
                range.toMicros(),
                total.snapshot(),
                endpoints));
        return List.copyOf(judged);
    }

    private Claim claim(SpikeAlert spike) {
        SpikeAlert shown = FleetSamples.addTo(spike, store, service);
        return new Claim(
                new AlertRecord(
                        service,
                        null,
                        subject(spike.endpoint()),
                        spike.atMicros(),
                        instance,
                        spike.endpoint(),
                        FleetSamples.details(shown)),
                shown);
    }

    /** No service has a tab in its name, so that no two subjects are alike. */
    private String subject(@Nullable Endpoint endpoint) {
        return "p99 spike\t" + service + (endpoint == null ? "" : "\t" + endpoint.name());
    }

    /** One that fails is asked for again, by the same name: whoever was heard before the answer was lost still speaks. */
    private void raiseClaimed(long end) {
        for (Claim claim = claims.peek(); claim != null; claim = claims.peek()) {
            boolean news = end - claim.record.raisedAtMicros() <= NEWS_MICROS;
            if (news && store.addAlert(claim.record, rule.cooldown().toNanos() / 1_000)) {
                heard.add(key(claim.record));
                log.raise(alert(claim.record), claim.spike);
            }
            claims.remove();
        }
    }

    /** Keeps what others have raised within the last hour. */
    private void hear(long end) {
        TimeRange range = new TimeRange(end - TimeRange.HOUR, end + TimeRange.HOUR);
        Set<String> found = new HashSet<>();
        List<AlertRecord> records = store.alerts(range, Scope.ofService(service), AlertLog.KEPT);
        for (int at = records.size() - 1; at >= 0; at--) {
            AlertRecord record = records.get(at);
            found.add(key(record));
            if (record.instance() == null && !heard.contains(key(record))) {
                log.keep(alert(record));
            }
        }
        heard = found;
    }

    private static String key(AlertRecord record) {
        return record.raisedAtMicros() + "\t" + record.subject();
    }

    private static FleetAlert alert(AlertRecord record) {
        return new FleetAlert(
                record.raisedAtMicros(), record.service(), record.endpoint(), record.raisedBy(), record.details());
    }
}
