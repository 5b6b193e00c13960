package io.millisight.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.CapturedLog;
import io.millisight.alert.AlertLog;
import io.millisight.alert.FleetAlert;
import io.millisight.alert.SpikeRule;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.InMemoryStore;
import io.millisight.store.Retention;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import io.millisight.testkit.ManualClock;
import io.millisight.testkit.SharedMemoryStoreFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests of equal durations keep the arithmetic exact: their p99 is that duration. */
class FleetWatchTest {

    private static final long MS = 1_000_000L;
    private static final Duration GRACE = Duration.ofSeconds(14);
    private static final long START = 1_767_225_600_000_000L;
    private static final TimeRange ALWAYS = new TimeRange(0, Long.MAX_VALUE / 2);

    private final ManualClock clock = new ManualClock(START);
    private final Store memory = new InMemoryStore(Retention.defaults());
    private final Store store = SharedMemoryStoreFactory.shared(memory);
    private final List<Instance> fleet =
            Stream.of("1", "2", "3").map(name -> new Instance(name, store)).toList();

    /** One of the fleet: what it stores, and what it says. */
    private final class Instance {
        final BatchBuilder batches;
        final CapturedLog lines = new CapturedLog();
        final AlertLog log = new AlertLog(lines);
        final FleetWatch watch;

        Instance(String name, Store store) {
            batches = new BatchBuilder("shop", name, "journal-" + name);
            watch = new FleetWatch(
                    store,
                    clock,
                    "shop",
                    name,
                    SpikeRule.defaults(),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(1),
                    log);
        }

        void store(int requests, long millis) {
            for (int request = 0; request < requests; request++) {
                batches.request("GET /a", clock.epochMicros() + request, millis * MS);
            }
            memory.commit(batches.build());
        }
    }

    @Test
    void aSpikeOfTheFleetIsSpokenOfByOneAndShownByAll() {
        minutes(10, 20);
        minutes(1, 200);

        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "ERROR all of shop: p99 spike, all endpoints: p99 200.00ms of 60 requests is above the threshold"
                                + " of 40.00ms (baseline 20.00ms, factor 2.0); slowest: GET /a - 200 - 200.00ms;"
                                + " GET /a - 200 - 200.00ms; GET /a - 200 - 200.00ms",
                        "ERROR all of shop: p99 spike, GET /a: p99 200.00ms of 60 requests is above the threshold of"
                                + " 40.00ms (baseline 20.00ms, factor 2.0); slowest: GET /a - 200 - 200.00ms;"
                                + " GET /a - 200 - 200.00ms; GET /a - 200 - 200.00ms");
        for (Instance instance : fleet) {
            assertThat(instance.log.alerts())
                    .hasSize(2)
                    .hasSameElementsAs(fleet.get(0).log.alerts());
        }
    }

    @Test
    void anAlertIsKeptWithAllThatExplainsIt() {
        minutes(10, 20);
        minutes(1, 200);

        AlertRecord alert = memory.alerts(ALWAYS, Scope.ofService("shop"), 10).stream()
                .filter(kept -> kept.endpoint() != null)
                .findFirst()
                .orElseThrow();
        assertThat(alert.endpoint()).isEqualTo(new Endpoint("GET", "/a"));
        assertThat(alert.instance()).isNull();
        assertThat(alert.raisedAtMicros()).isEqualTo(START + 11 * TimeRange.MINUTE);
        assertThat(alert.details())
                .startsWith(
                        "{\"observed_ms\":200.00,\"baseline_ms\":20.00,\"threshold_ms\":40.00,\"requests\":60,"
                                + "\"samples\":[{\"endpoint\":\"GET /a\",\"duration_ms\":200.00,\"timestamp\":\"2026-01-01T00:10:0")
                .endsWith(",\"status\":200,\"outcome\":\"completed\"}]}");
    }

    @Test
    void aSpikeThatLastsIsSpokenOfOnceInTheCooldown() {
        minutes(10, 20);
        minutes(4, 200);
        assertThat(lines()).hasSize(2);
        minutes(2, 200);
        assertThat(lines()).hasSize(4);
    }

    @Test
    void oneThatStartsLearnsFromTheLastHourWhatIsUsual() {
        storeMinutes(59, 20);
        storeMinutes(1, 200);
        clock.advance(GRACE);
        fleet.get(0).watch.run();
        assertThat(lines()).hasSize(2);
    }

    @Test
    void oneThatStartsShowsWhatTheOthersHaveSaidWithinTheHour() {
        minutes(10, 20);
        minutes(1, 200);
        Instance late = new Instance("4", store);
        minutes(6, 20);
        late.watch.run();
        assertThat(late.lines.lines()).isEmpty();
        assertThat(late.log.alerts()).hasSameElementsAs(fleet.get(0).log.alerts());
    }

    @Test
    void aMinuteIsJudgedWhenEverybodyHasHadTheTimeToStoreIt() {
        minutes(10, 20);
        fleet.forEach(instance -> instance.store(20, 200));
        clock.setEpochMicros(START + 11 * TimeRange.MINUTE + 14_000_000 - 1);
        fleet.get(0).watch.run();
        assertThat(lines()).isEmpty();
        clock.advance(Duration.ofNanos(1_000));
        fleet.get(0).watch.run();
        assertThat(lines()).hasSize(2);
    }

    @Test
    void whatIsNoNewsAnyMoreIsLearnedFromAndNotRaised() {
        minutes(10, 20);
        storeMinutes(1, 200);
        storeMinutes(6, 20);
        clock.advance(GRACE);
        runAll();
        clock.advance(GRACE.negated());
        assertThat(lines()).isEmpty();
        assertThat(memory.alerts(ALWAYS, Scope.ALL, 10)).isEmpty();
        minutes(1, 200);
        assertThat(lines()).hasSize(2);
    }

    @Test
    void anotherServiceInTheStoreIsNoneOfOurs() {
        minutes(10, 20);
        BatchBuilder billing = new BatchBuilder("billing", "1", "journal-billing");
        for (int request = 0; request < 1_000; request++) {
            billing.request("GET /a", clock.epochMicros(), 9_000 * MS);
        }
        memory.commit(billing.build());
        minutes(1, 20);
        assertThat(lines()).isEmpty();
    }

    @Test
    void aStoreOfOnesOwnIsNoFleet() {
        Instance alone = new Instance("alone", memory);
        storeMinutes(59, 20);
        storeMinutes(1, 200);
        clock.advance(GRACE);
        alone.watch.run();
        assertThat(alone.log.alerts()).isEmpty();
        assertThat(memory.alerts(ALWAYS, Scope.ALL, 10)).isEmpty();
    }

    @Test
    void whoeverWasHeardBeforeTheAnswerWasLostStillSpeaks() {
        Unsure unsure = new Unsure(store);
        Instance first = new Instance("first", unsure.store());
        storeMinutes(59, 20);
        storeMinutes(1, 200);
        clock.advance(GRACE);
        unsure.loses = 1;
        assertThatThrownBy(first.watch::run).isInstanceOf(StoreException.class);
        assertThat(memory.alerts(ALWAYS, Scope.ALL, 10)).hasSize(1);
        runAll();
        assertThat(lines())
                .as("of the one that the first has not asked for yet")
                .hasSize(1);
        first.watch.run();
        assertThat(first.lines.lines()).hasSize(1);
        assertThat(lines()).hasSize(1);
        assertThat(first.log.alerts()).hasSize(2);
    }

    @Test
    void aClockThatHasJumpedIsFollowedAndTheBaselineLearnedAnew() {
        minutes(10, 20);
        clock.setEpochMicros(START - 24 * TimeRange.HOUR);
        storeMinutes(59, 500);
        minutes(1, 600);
        assertThat(lines()).isEmpty();
        minutes(1, 2_000);
        assertThat(lines()).hasSize(2);
    }

    @Test
    void aSpikeWithoutStoredRequestsIsRaisedWithoutSamples() {
        Unsure unsure = new Unsure(store);
        Instance instance = new Instance("first", unsure.store());
        unsure.hasNoRequests = true;
        storeMinutes(59, 20);
        storeMinutes(1, 200);
        clock.advance(GRACE);
        instance.watch.run();
        assertThat(instance.log.alerts())
                .hasSize(2)
                .allMatch(alert -> ((FleetAlert) alert).details().endsWith("\"samples\":[]}"));
    }

    /** Forgets to say what it has done. */
    private static final class Unsure {
        private final Store store;
        private int loses;
        private boolean hasNoRequests;

        Unsure(Store store) {
            this.store = store;
        }

        Store store() {
            return (Store) Proxy.newProxyInstance(
                    Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                        if (hasNoRequests && method.getName().equals("requests")) {
                            throw new StoreException("no requests, on purpose, for a test");
                        }
                        Object answer;
                        try {
                            answer = method.invoke(store, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        if (method.getName().equals("addAlert") && loses-- > 0) {
                            throw new StoreException("the answer was lost, on purpose, for a test");
                        }
                        return answer;
                    });
        }
    }

    /** Minutes of 20 requests of each instance, too few for one alone to judge; each minute is judged by all. */
    private void minutes(int minutes, long millis) {
        for (int minute = 0; minute < minutes; minute++) {
            storeMinutes(1, millis);
            clock.advance(GRACE);
            runAll();
            clock.advance(GRACE.negated());
        }
    }

    private void storeMinutes(int minutes, long millis) {
        for (int minute = 0; minute < minutes; minute++) {
            fleet.forEach(instance -> instance.store(20, millis));
            clock.advance(Duration.ofMinutes(1));
        }
    }

    private void runAll() {
        fleet.forEach(instance -> instance.watch.run());
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        fleet.forEach(instance -> lines.addAll(instance.lines.lines()));
        return lines;
    }
}
