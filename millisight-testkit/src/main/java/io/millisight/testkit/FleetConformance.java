package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.health.HealthStatus;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupSnapshot;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.StoreException;
import io.millisight.store.StoredRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many instances of many services in one store: told apart by scope, alive by their signs, and heard once each. */
abstract class FleetConformance extends HealthConformance {

    private static final long COOLDOWN = 5 * MINUTE;

    private static final List<String> SERVICES = List.of("shop", "billing");
    private static final List<String> INSTANCES = List.of("1", "2");

    private static final List<Scope> SCOPES = List.of(
            Scope.ALL,
            Scope.ofService("shop"),
            Scope.ofService("billing"),
            Scope.ofInstance("shop", "1"),
            Scope.ofInstance("billing", "2"),
            new Scope(null, "1"),
            Scope.ofService("never"),
            Scope.ofInstance("shop", "never"),
            Scope.ofInstance("never", "1"));

    @Test
    void rollupsAreNarrowedToTheScopeWhateverUpkeepHasDone() {
        List<Committed> committed = commitOfFleet(200);
        for (int pass = 0; pass < 2; pass++) {
            for (Scope scope : SCOPES) {
                List<Request> expected = of(scope, committed);
                for (Resolution resolution : Resolution.values()) {
                    assertThat(sums(START, START + 2 * HOUR, resolution, scope))
                            .as("%s by %s", scope, resolution)
                            .isEqualTo(expectedSums(expected, START, START + 2 * HOUR));
                    assertThat(sums(START + 7 * MINUTE, START + 65 * MINUTE, resolution, scope))
                            .as("%s by %s, cut", scope, resolution)
                            .isEqualTo(expectedSums(expected, START + 7 * MINUTE, START + 65 * MINUTE));
                }
            }
            maintainAll(START + 10 * HOUR);
        }
    }

    @Test
    void theSketchOfAFleetIsThatOfAllItsObservationsBitForBit() {
        List<Committed> committed = commitOfFleet(1_000);
        Scope shop = Scope.ofService("shop");
        Map<String, RollupSnapshot> fleet = sums(START, START + 2 * HOUR, Resolution.COARSEST, shop);
        Map<String, RollupSnapshot> one = expectedSums(of(shop, committed), START, START + 2 * HOUR);
        assertThat(fleet).isEqualTo(one).hasSize(3);
        one.forEach((endpoint, expected) -> assertThat(fleet.get(endpoint)).satisfies(sum -> {
            for (double quantile = 0; quantile <= 1; quantile += 1.0 / 1_024) {
                assertThat(sum.latency().quantileNanos(quantile))
                        .isEqualTo(expected.latency().quantileNanos(quantile));
            }
        }));
    }

    @Test
    void requestsAreNarrowedToTheScopeAndSayWhoseTheyAre() {
        List<Committed> committed = commitOfFleet(300);
        for (int pass = 0; pass < 2; pass++) {
            for (Scope scope : SCOPES) {
                List<StoredRequest> found = readAll(RequestQuery.all(ALWAYS, 17).of(scope));
                assertThat(found).as(scope.toString()).hasSameSizeAs(of(scope, committed));
                assertThat(found)
                        .as(scope.toString())
                        .allMatch(stored -> scope.matches(stored.service(), stored.instance()))
                        .allMatch(
                                stored -> of(Scope.ofInstance(stored.service(), stored.instance()), committed).stream()
                                        .anyMatch(request -> request.isStoredAs(stored)));
            }
            maintainAll(START + 10 * HOUR);
        }
    }

    @Test
    void pagesOfOneInstanceGoOnWhereTheyEndedThoughOthersHaveEqualInstants() {
        BatchBuilder one = new BatchBuilder("shop", "1", "journal-1");
        BatchBuilder two = new BatchBuilder("shop", "2", "journal-2");
        for (int request = 0; request < 40; request++) {
            store.commit(one.request("GET /a", START, request).build());
            store.commit(two.request("GET /a", START, 1_000 + request).build());
        }
        List<StoredRequest> found = readAll(RequestQuery.all(ALWAYS, 7).of(Scope.ofInstance("shop", "2")));
        assertThat(found).hasSize(40).allMatch(request -> request.durationNanos() >= 1_000);
        assertThat(found).extracting(StoredRequest::sequence).doesNotHaveDuplicates();
    }

    @Test
    void anEndpointOfAnotherServiceIsNoneOfThisOne() {
        store.commit(new BatchBuilder("shop", "1", "journal-1")
                .request("GET /a", START, 1)
                .build());
        RequestQuery query = new RequestQuery(
                ALWAYS,
                Scope.ofService("billing"),
                Endpoint.ofName("GET /a"),
                0,
                Long.MAX_VALUE,
                0,
                999,
                null,
                10,
                null);
        assertThat(store.requests(query)).isEqualTo(new RequestPage(List.of(), null));
    }

    @Test
    void healthIsNarrowedToTheScope() {
        for (String service : SERVICES) {
            for (String instance : INSTANCES) {
                store.addHealth(List.of(healthRecord(service, instance, "database", START, HealthStatus.HEALTHY)));
            }
        }
        for (Scope scope : SCOPES) {
            List<HealthRecord> found = new ArrayList<>();
            store.health(new HealthQuery(scope, ALWAYS, "database"), found::add);
            assertThat(found)
                    .as(scope.toString())
                    .hasSize(expectedInstances(scope))
                    .allMatch(record -> scope.matches(record.service(), record.instance()));
        }
    }

    @Test
    void aSignOfLifeComesBackAsItWas() {
        InstanceRecord record = new InstanceRecord(
                "shop \uD83D\uDE00",
                "shop-1",
                "1.0.0-SNAPSHOT",
                START - HOUR,
                START,
                false,
                1_000_000_000_000L,
                7,
                3,
                Map.of("torn", 2L, "store_away", 1L, "journal_full", 0L));
        store.addInstance(record);
        assertThat(store.instances()).containsExactly(record);

        InstanceRecord last = sign("shop \uD83D\uDE00", "shop-1", START + 1).asLast();
        store.addInstance(last);
        assertThat(store.instances()).containsExactly(last);
    }

    @Test
    void theSignPutDownLastCountsWhateverItsClockSays() {
        store.addInstance(sign("shop", "1", START + 10_000 * HOUR));
        store.addInstance(sign("shop", "1", START));
        assertThat(store.instances()).containsExactly(sign("shop", "1", START));
    }

    @Test
    void instancesComeByServiceAndName() {
        store.addInstance(sign("shop", "2", START));
        store.addInstance(sign("shop", "1", START + 1));
        store.addInstance(sign("billing", "9", START + 2));
        assertThat(store.instances())
                .containsExactly(
                        sign("billing", "9", START + 2), sign("shop", "1", START + 1), sign("shop", "2", START));
    }

    @Test
    void instancesLongGoneAreForgottenAndNoOthers() {
        Duration long3000 = Duration.ofDays(3_000);
        reopen(new Retention(long3000, 1L << 40, long3000, long3000, Duration.ofHours(2)));
        store.addInstance(sign("shop", "gone", START).asLast());
        store.addInstance(sign("shop", "here", START + 2 * HOUR));
        maintainAll(START + 3 * HOUR);
        assertThat(store.instances()).extracting(InstanceRecord::instance).containsExactly("here");
    }

    @Test
    void anAlertComesBackAsItWas() {
        AlertRecord ofAll = alert("p99 shop", START, "1");
        AlertRecord ofEndpoint = new AlertRecord(
                "shop",
                "shop-1",
                "p99 shop GET /a",
                START + 1,
                "2",
                Endpoint.ofName("GET /a"),
                "{\"p99\":12.5,\"text\":\"a\\\"b é😀\"}");
        assertThat(store.addAlert(ofAll, COOLDOWN)).isTrue();
        assertThat(store.addAlert(ofEndpoint, COOLDOWN)).isTrue();

        assertThat(store.alerts(ALWAYS, Scope.ALL, 10)).containsExactly(ofEndpoint, ofAll);
    }

    @Test
    void alertsOfOneSubjectKeepTheirDistanceWhicheverIsAskedForFirst() {
        assertThat(store.addAlert(alert("a", START, "1"), COOLDOWN)).isTrue();
        assertThat(store.addAlert(alert("a", START, "2"), COOLDOWN)).isFalse();
        assertThat(store.addAlert(alert("a", START + COOLDOWN - 1, "2"), COOLDOWN))
                .isFalse();
        assertThat(store.addAlert(alert("a", START - COOLDOWN + 1, "2"), COOLDOWN))
                .isFalse();
        assertThat(store.addAlert(alert("b", START, "2"), COOLDOWN))
                .as("another subject")
                .isTrue();
        assertThat(store.addAlert(alert("a", START + COOLDOWN, "2"), COOLDOWN)).isTrue();
        assertThat(store.addAlert(alert("a", START - COOLDOWN, "2"), COOLDOWN)).isTrue();
        assertThat(store.alerts(ALWAYS, Scope.ALL, 10))
                .extracting(AlertRecord::subject)
                .containsExactly("a", "a", "b", "a");
    }

    @Test
    void withoutCooldownOneInstantIsStillOneAlert() {
        assertThat(store.addAlert(alert("a", START, "1"), 0)).isTrue();
        assertThat(store.addAlert(alert("a", START, "2"), 0)).isFalse();
        assertThat(store.addAlert(alert("a", START + 1, "2"), 0)).isTrue();
    }

    @Test
    void whoeverRaisedAnAlertMayAskOnceMore() {
        AlertRecord alert = alert("a", START, "1");
        assertThat(store.addAlert(alert, COOLDOWN)).isTrue();
        assertThat(store.addAlert(alert, COOLDOWN)).isTrue();
        assertThat(store.alerts(ALWAYS, Scope.ALL, 10)).containsExactly(alert);
    }

    @Test
    void ofManyWhoAskAtOnceOneMaySpeak() throws Exception {
        int callers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            for (int round = 0; round < 25; round++) {
                CyclicBarrier begin = new CyclicBarrier(callers);
                String subject = "subject " + round;
                List<Callable<Boolean>> calls = new ArrayList<>();
                for (int caller = 0; caller < callers; caller++) {
                    AlertRecord alert = alert(subject, START + caller, "instance-" + caller);
                    calls.add(() -> {
                        begin.await();
                        return store.addAlert(alert, COOLDOWN);
                    });
                }
                int spoke = 0;
                for (Future<Boolean> answer : threads.invokeAll(calls)) {
                    spoke += answer.get() ? 1 : 0;
                }
                assertThat(spoke).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.alerts(ALWAYS, Scope.ALL, 1_000)).hasSize(25);
    }

    @Test
    void alertsAreThoseOfRangeAndScopeTheNewestOfThem() {
        store.addAlert(ofScope("shop", null, START), 0);
        store.addAlert(ofScope("shop", "1", START + 1), 0);
        store.addAlert(ofScope("shop", "2", START + 2), 0);
        store.addAlert(ofScope("billing", "1", START + 3), 0);

        assertThat(raisedAt(ALWAYS, Scope.ALL, 10)).containsExactly(3L, 2L, 1L, 0L);
        assertThat(raisedAt(ALWAYS, Scope.ALL, 2)).containsExactly(3L, 2L);
        assertThat(raisedAt(ALWAYS, Scope.ofService("shop"), 10)).containsExactly(2L, 1L, 0L);
        assertThat(raisedAt(ALWAYS, Scope.ofInstance("shop", "1"), 10)).containsExactly(1L);
        assertThat(raisedAt(new TimeRange(START + 1, START + 3), Scope.ALL, 10)).containsExactly(2L, 1L);
    }

    @Test
    void alertsEndByAge() {
        Duration long3000 = Duration.ofDays(3_000);
        reopen(new Retention(long3000, 1L << 40, long3000, long3000, Duration.ofHours(2)));
        store.addAlert(alert("a", START, "1"), 0);
        store.addAlert(alert("a", START + 2 * HOUR, "1"), 0);
        maintainAll(START + 3 * HOUR);
        assertThat(raisedAt(ALWAYS, Scope.ALL, 10)).containsExactly(2 * HOUR);
    }

    @Test
    void closedStoreTakesNeitherSignsNorAlerts() {
        store.close();
        assertThatThrownBy(() -> store.addInstance(sign("shop", "1", START))).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::instances).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.addAlert(alert("a", START, "1"), 0)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.alerts(ALWAYS, Scope.ALL, 1)).isInstanceOf(StoreException.class);
    }

    /** A request and whose it was. */
    private record Committed(String service, String instance, Request request) {}

    /** The same endpoints from two instances each of two services, over some 80 minutes. */
    private List<Committed> commitOfFleet(int requestsOfEach) {
        Random random = new Random(23);
        List<Committed> committed = new ArrayList<>();
        for (String service : SERVICES) {
            for (String instance : INSTANCES) {
                BatchBuilder batches = new BatchBuilder(service, instance, service + instance);
                for (int request = 0; request < requestsOfEach; request++) {
                    Request made = new Request(
                            Endpoint.ofName("GET /r/" + random.nextInt(3)),
                            START + request * (80 * MINUTE / requestsOfEach),
                            1 + random.nextInt(1_000_000_000),
                            200,
                            Outcome.COMPLETED,
                            false,
                            null);
                    made.addTo(batches);
                    committed.add(new Committed(service, instance, made));
                    if (request % 20 == 19) {
                        store.commit(batches.build());
                    }
                }
                store.commit(batches.build());
            }
        }
        return committed;
    }

    private static List<Request> of(Scope scope, List<Committed> committed) {
        return committed.stream()
                .filter(made -> scope.matches(made.service(), made.instance()))
                .map(Committed::request)
                .toList();
    }

    private static int expectedInstances(Scope scope) {
        int expected = 0;
        for (String service : SERVICES) {
            for (String instance : INSTANCES) {
                expected += scope.matches(service, instance) ? 1 : 0;
            }
        }
        return expected;
    }

    private List<Long> raisedAt(TimeRange range, Scope scope, int limit) {
        return store.alerts(range, scope, limit).stream()
                .map(alert -> alert.raisedAtMicros() - START)
                .toList();
    }

    static InstanceRecord sign(String service, String instance, long seenAtMicros) {
        return new InstanceRecord(service, instance, "1", START, seenAtMicros, false, 3, 1, 1, Map.of("torn", 1L));
    }

    static AlertRecord alert(String subject, long raisedAtMicros, String raisedBy) {
        return new AlertRecord("shop", null, subject, raisedAtMicros, raisedBy, null, "{}");
    }

    private static AlertRecord ofScope(String service, @Nullable String instance, long raisedAtMicros) {
        return new AlertRecord(service, instance, "subject", raisedAtMicros, "1", null, "{}");
    }
}
