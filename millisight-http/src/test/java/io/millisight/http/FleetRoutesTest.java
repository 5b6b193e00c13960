package io.millisight.http;

import static io.millisight.http.RecordingExchange.object;
import static io.millisight.http.RecordingExchange.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.health.HealthStatus;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.sketch.Sketch;
import io.millisight.store.HealthRecord;
import io.millisight.store.Retention;
import io.millisight.store.Store;
import io.millisight.testkit.ManualClock;
import io.millisight.testkit.SharedMemoryStoreFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three instances of one service and one of another, on one store: each of them is asked over its own routes. */
class FleetRoutesTest {

    private final ManualClock clock = new ManualClock();
    private final String store = "shared:" + UUID.randomUUID();
    private Instance one;
    private Instance two;
    private Instance three;
    private Instance billing;

    private final class Instance implements AutoCloseable {
        final Millisight millisight;
        final MillisightHttp http;

        Instance(Path folder, String service, String name) {
            millisight = Millisight.start(
                    MillisightConfig.builder()
                            .service(service)
                            .instance(name)
                            .dataDirectory(folder.resolve(service + name))
                            .store(store)
                            .requestLogLimit(0)
                            .slowThresholds(Map.of("GET /patient", Duration.ofSeconds(5)))
                            .build(),
                    clock);
            http = new MillisightHttp(millisight, HttpConfig.defaults());
        }

        void record(String route, long nanos) {
            long now = clock.nanoTime();
            millisight.record("GET", route, 200, Outcome.COMPLETED, false, now - nanos, now, null, route + "?raw=1");
        }

        RecordingExchange send(String target, String... headers) {
            RecordingExchange exchange = RecordingExchange.get(target);
            for (int at = 0; at < headers.length; at += 2) {
                exchange.header(headers[at], headers[at + 1]);
            }
            try {
                http.handle(exchange);
                return exchange;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Map<String, Object> get(String target) {
            return send(target).json();
        }

        @Override
        public void close() {
            millisight.close();
        }
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        one = new Instance(folder, "shop", "1");
        two = new Instance(folder, "shop", "2");
        three = new Instance(folder, "shop", "3");
        billing = new Instance(folder, "billing", "1");
    }

    @AfterEach
    void stop() {
        List.of(one, two, three, billing).forEach(Instance::close);
    }

    private void recordOneEach() {
        one.record("/a", 100_000_000);
        two.record("/a", 200_000_000);
        three.record("/a", 300_000_000);
        billing.record("/bills", 9_000_000_000L);
        flushAll();
    }

    private void flushAll() {
        List.of(one, two, three, billing).forEach(instance -> instance.millisight.flush());
    }

    @Test
    void eachInstanceReportsOnAllInstancesOfItsService() {
        recordOneEach();
        for (Instance asked : List.of(one, two, three)) {
            assertThat(asked.get("/metrics/performance"))
                    .containsEntry("service", "shop")
                    .containsEntry("instance", null)
                    .containsEntry("total_requests", 3.0)
                    .containsEntry("avg_response_time", 200.0);
            assertThat(objects(asked.get("/metrics/endpoints").get("endpoints")))
                    .singleElement()
                    .satisfies(endpoint -> assertThat(endpoint).containsEntry("requests", 3.0));
            assertThat(requestsOfSeries(asked, "")).isEqualTo(3);
            assertThat(objects(asked.get("/metrics/requests").get("requests")))
                    .extracting(request -> request.get("instance"))
                    .containsExactlyInAnyOrder("1", "2", "3");
        }
        assertThat(billing.get("/metrics/performance")).containsEntry("total_requests", 1.0);
    }

    @Test
    void mergedPercentilesAreThoseOfOneSketchOverAllObservations() {
        Random random = new Random(5);
        Sketch all = new Sketch();
        for (int request = 0; request < 3_000; request++) {
            long nanos = (long) Math.exp(12 + 8 * random.nextDouble());
            all.record(nanos);
            List.of(one, two, three).get(random.nextInt(3)).record("/a", nanos);
        }
        flushAll();
        long now = clock.epochMicros();
        TimeRange range = new TimeRange(now - TimeRange.HOUR, now + TimeRange.MINUTE);
        for (Instance asked : List.of(one, two, three)) {
            assertThat(asked.millisight.report(range).total().latency()).isEqualTo(all.snapshot());
        }
    }

    @Test
    void serviceAndInstanceNarrowEveryReport() {
        recordOneEach();
        assertThat(one.get("/metrics/performance?instance=2"))
                .containsEntry("service", "shop")
                .containsEntry("instance", "2")
                .containsEntry("avg_response_time", 200.0);
        assertThat(one.get("/metrics/performance?service=billing")).containsEntry("avg_response_time", 9_000.0);
        assertThat(one.get("/metrics/performance?service=*"))
                .containsEntry("service", "*")
                .containsEntry("total_requests", 4.0);
        assertThat(one.get("/metrics/performance?service=*&instance=1")).containsEntry("total_requests", 2.0);
        assertThat(objects(one.get("/metrics/endpoints?service=*").get("endpoints")))
                .extracting(endpoint -> endpoint.get("endpoint"))
                .containsExactly("GET /bills", "GET /a");
        assertThat(requestsOfSeries(one, "service=*")).isEqualTo(4);
        assertThat(requestsOfSeries(one, "instance=3")).isEqualTo(1);
        assertThat(objects(one.get("/metrics/requests?service=billing").get("requests")))
                .singleElement()
                .satisfies(request ->
                        assertThat(request).containsEntry("service", "billing").containsEntry("instance", "1"));
        assertThat(one.send("/metrics/requests?service=billing", "Accept", "text/csv")
                        .text())
                .startsWith(
                        "timestamp,endpoint,method,route,status,outcome,stream,duration_ms,duration_ns,user_id,service,instance")
                .endsWith(",9000.00,9000000000,,billing,1\r\n");
    }

    @Test
    void whomNobodyKnowsHasAnEmptyAnswer() {
        recordOneEach();
        for (String nobody : List.of("service=never", "instance=never", "service=*&instance=never")) {
            assertThat(one.get("/metrics/performance?" + nobody))
                    .containsEntry("total_requests", 0.0)
                    .containsEntry("p99_response_time", null);
            assertThat(objects(one.get("/metrics/endpoints?" + nobody).get("endpoints")))
                    .isEmpty();
            assertThat(requestsOfSeries(one, nobody)).isZero();
            assertThat(one.get("/metrics/requests?" + nobody))
                    .containsEntry("requests", List.of())
                    .containsEntry("next_cursor", null);
            assertThat(one.get("/metrics/slow?" + nobody)).containsEntry("slow_queries", List.of());
            assertThat(one.get("/metrics/instances?" + nobody)).containsEntry("instances", List.of());
            assertThat(one.get("/health/history?" + nobody)).containsEntry("checks", List.of());
        }
    }

    @Test
    void pagesGoThroughTheRequestsOfAFleetOnce() {
        for (int round = 0; round < 10; round++) {
            recordOneEach();
        }
        Set<Object> seen = new HashSet<>();
        int requests = 0;
        String cursor = "";
        do {
            Map<String, Object> page = two.get("/metrics/requests?service=*&limit=7" + cursor);
            for (Map<String, Object> request : objects(page.get("requests"))) {
                seen.add(List.of(request.get("service"), request.get("instance")));
                requests++;
            }
            cursor = page.get("next_cursor") == null ? "" : "&cursor=" + page.get("next_cursor");
        } while (!cursor.isEmpty());
        assertThat(requests).isEqualTo(40);
        assertThat(seen).hasSize(4);
    }

    @Test
    void slowRequestsOfOthersComeFromTheStoreAndOnesOwnFromMemory() {
        one.record("/a", 600_000_000);
        two.record("/a", 700_000_000);
        two.record("/a", 500_000_000);
        two.record("/patient", 800_000_000);
        two.record("/patient", 6_000_000_000L);
        flushAll();
        assertThat(objects(one.get("/metrics/slow").get("slow_queries")))
                .singleElement()
                .satisfies(slow ->
                        assertThat(slow).containsEntry("path", "/a?raw=1").doesNotContainKey("instance"));
        assertThat(objects(one.get("/metrics/slow?service=shop").get("slow_queries")))
                .extracting(slow -> slow.get("duration_ms"))
                .containsExactlyInAnyOrder(600.0, 700.0, 6_000.0);
        assertThat(objects(one.get("/metrics/slow?instance=2&endpoint=GET%20/a").get("slow_queries")))
                .singleElement()
                .satisfies(slow -> assertThat(slow)
                        .containsEntry("duration_ms", 700.0)
                        .containsEntry("path", null)
                        .containsEntry("service", "shop")
                        .containsEntry("instance", "2"));
        assertThat(objects(one.get("/metrics/slow?service=shop&limit=2").get("slow_queries")))
                .hasSize(2);
    }

    @Test
    void healthHistoryIsThatOfTheScope() {
        long now = clock.epochMicros();
        for (Instance instance : List.of(one, two, billing)) {
            MillisightConfig config = instance.millisight.config();
            shared().addHealth(List.of(new HealthRecord(
                    config.service(), config.instance(), "custom", HealthStatus.HEALTHY, now, now + 1, 1, null, "{}")));
        }
        assertThat(checks(one, "check=custom")).containsExactly("shop 1", "shop 2");
        assertThat(checks(one, "check=custom&instance=2")).containsExactly("shop 2");
        assertThat(checks(one, "check=custom&service=*")).containsExactly("billing 1", "shop 1", "shop 2");
    }

    /** What all of them write to. */
    private Store shared() {
        return new SharedMemoryStoreFactory().open(store, Path.of("."), Retention.defaults());
    }

    private static List<String> checks(Instance asked, String query) {
        return objects(asked.get("/health/history?" + query).get("checks")).stream()
                .map(check -> check.get("service") + " " + check.get("instance"))
                .toList();
    }

    @Test
    void instancesAreThoseOfTheServiceEachWithItsAccount() {
        awaitSigns();
        recordOneEach();
        Map<String, Object> json = one.get("/metrics/instances");
        assertThat(json).containsEntry("service", "shop").containsEntry("alive_seconds", 30.0);
        List<Map<String, Object>> instances = objects(json.get("instances"));
        assertThat(instances).extracting(instance -> instance.get("instance")).containsExactly("1", "2", "3");
        assertThat(instances.get(0))
                .containsEntry("service", "shop")
                .containsEntry("alive", true)
                .containsEntry("ended", false)
                .containsEntry("started_at", "2026-01-01T00:00:00Z")
                .containsEntry("last_seen", "2026-01-01T00:00:00Z")
                .containsEntry("lag_seconds", 0.0)
                .containsEntry("seen", 1.0)
                .containsEntry("stored", 1.0)
                .containsEntry("pending", 0.0);
        assertThat(object(instances.get(0).get("dropped"))).containsEntry("journal_full", 0.0);
        assertThat((String) instances.get(0).get("version")).matches("[0-9]+\\.[0-9]+.*");
        assertThat(objects(one.get("/metrics/instances?service=*").get("instances")))
                .hasSize(4);
        assertThat(objects(one.get("/metrics/instances?service=*&instance=1").get("instances")))
                .hasSize(2);
    }

    @Test
    void whoHasStoppedSaysSo() {
        awaitSigns();
        two.close();
        assertThat(objects(one.get("/metrics/instances?instance=2").get("instances")))
                .singleElement()
                .satisfies(instance ->
                        assertThat(instance).containsEntry("alive", false).containsEntry("ended", true));
    }

    /** The store's threads run by themselves; a clock that stands still lets each of them give one sign. */
    private void awaitSigns() {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (shared().instances().size() < 4) {
            assertThat(System.nanoTime()).as("signs in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aSpikeOfTheFleetIsShownByEachOfItsInstances() {
        for (int minute = 0; minute < 11; minute++) {
            for (int request = 0; request < 20; request++) {
                for (Instance instance : List.of(one, two, three)) {
                    instance.record("/a", minute < 10 ? 20_000_000 : 200_000_000);
                }
            }
            flushAll();
            clock.advance(Duration.ofMinutes(1));
        }
        clock.advance(Duration.ofSeconds(20));
        List<Map<String, Object>> shown = awaitFleetAlerts(one);
        assertThat(shown).extracting(alert -> alert.get("endpoint")).containsExactlyInAnyOrder(null, "GET /a");
        assertThat(shown).allSatisfy(alert -> {
            assertThat(alert)
                    .containsEntry("timestamp", "2026-01-01T00:11:00Z")
                    .containsEntry("service", "shop")
                    .containsKey("raised_by");
            assertThat(object(alert.get("details")))
                    .containsEntry("observed_ms", 200.0)
                    .containsEntry("baseline_ms", 20.0)
                    .containsEntry("threshold_ms", 40.0)
                    .containsEntry("requests", 60.0);
        });
        assertThat(awaitFleetAlerts(two)).hasSameElementsAs(shown);
        assertThat(awaitFleetAlerts(three)).hasSameElementsAs(shown);
    }

    /** One about the service and one about its endpoint. */
    private static List<Map<String, Object>> awaitFleetAlerts(Instance asked) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            List<Map<String, Object>> alerts = objects(asked.get("/metrics").get("alerts")).stream()
                    .filter(alert -> "fleet_p99_spike".equals(alert.get("kind")))
                    .toList();
            if (alerts.size() == 2) {
                return alerts;
            }
            assertThat(System.nanoTime()).as("alerts in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static double requestsOfSeries(Instance asked, String query) {
        return objects(asked.get("/metrics/series?" + query).get("points")).stream()
                .mapToDouble(point -> (Double) point.get("requests"))
                .sum();
    }
}
