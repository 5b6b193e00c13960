package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.alert.SpikeAlert;
import io.millisight.alert.SpikeRule;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import io.millisight.live.LiveSummary;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.observe.UserIdPolicy;
import io.millisight.report.HealthHistory;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import io.millisight.testkit.ManualClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MillisightTest {

    private static final MillisightConfig IN_MEMORY =
            MillisightConfig.builder().store("memory").service("shop").build();

    private final ManualClock clock = new ManualClock();

    @Test
    void aReadHoldsEveryRequestThatCompletedBeforeIt() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            record(millisight, "GET", "/api/agents", 200, 45_230_000);
            record(millisight, "GET", "/api/agents", 500, 5_000_000);
            LiveSummary summary = millisight.summary();
            assertThat(summary.totalRequests()).isEqualTo(2);
            assertThat(summary.totalServerErrors()).isEqualTo(1);
            assertThat(summary.endpoints()
                            .get(new Endpoint("GET", "/api/agents"))
                            .latency()
                            .maxNanos())
                    .isEqualTo(45_230_000);
        }
    }

    @Test
    void reportsRequestsAndLiveViewAgreeOnTheNumberOfRequests() throws Exception {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            recordFromManyThreads(millisight, 8, 2_500);
            assertThat(millisight.summary().totalRequests()).isEqualTo(20_000);
            assertThat(millisight.report(lastHour()).total().requests()).isEqualTo(20_000);
            assertThat(millisight
                            .requests(RequestQuery.all(lastHour(), RequestQuery.MAX_LIMIT))
                            .requests())
                    .hasSize(20_000);
            assertThat(millisight.ledger().seen()).isEqualTo(20_000);
        }
    }

    @Test
    void theLedgerBalancesAtEveryInstant() throws Exception {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            recordFromManyThreads(millisight, 4, 1_000);
            assertBalanced(millisight.ledger());
            millisight.flush();
            Ledger flushed = millisight.ledger();
            assertBalanced(flushed);
            assertThat(flushed.stored()).isEqualTo(4_000);
            assertThat(flushed.pending()).isZero();
        }
    }

    @Test
    void aStoredRequestKeepsItsExactDurationStatusOutcomeAndUser() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            long end = clock.nanoTime();
            millisight.record(
                    "POST", "/orders/{id}", 503, Outcome.TIMEOUT, false, end - 1_234_567, end, "ada", "/orders/7");
            List<StoredRequest> stored =
                    millisight.requests(RequestQuery.all(lastHour(), 10)).requests();
            assertThat(stored).singleElement().satisfies(request -> {
                assertThat(request.endpoint().name()).isEqualTo("POST /orders/{id}");
                assertThat(request.status()).isEqualTo(503);
                assertThat(request.outcome()).isEqualTo(Outcome.TIMEOUT);
                assertThat(request.durationNanos()).isEqualTo(1_234_567);
                assertThat(request.userId()).isEqualTo("ada");
                assertThat(request.completedAtMicros()).isEqualTo(clock.epochMicros());
            });
        }
    }

    @Test
    void aSlowRequestKeepsItsPathEvenWhenTheRequestLogIsOff() {
        MillisightConfig config = IN_MEMORY.toBuilder().requestLogLimit(0).build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            long end = clock.nanoTime();
            millisight.record("GET", "/r/{id}", 200, Outcome.COMPLETED, false, end - 600_000_000, end, null, "/r/42");
            assertThat(millisight.slowRequests(null, 10)).singleElement().satisfies(slow -> assertThat(slow.path())
                    .isEqualTo("/r/42"));
            assertThat(millisight.slowRequests(new Endpoint("GET", "/other"), 10))
                    .isEmpty();
        }
    }

    @Test
    void anEndpointsOwnThresholdDecidesWhatIsSlow() {
        MillisightConfig config = IN_MEMORY.toBuilder()
                .slowThresholds(Map.of("GET /quick", Duration.ofMillis(20)))
                .build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            record(millisight, "GET", "/quick", 200, 30_000_000);
            record(millisight, "GET", "/usual", 200, 30_000_000);
            assertThat(millisight.summary().slowRequestCount()).isEqualTo(1);
        }
    }

    @Test
    void resetBeginsTheLiveViewAnewAndKeepsHistory() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            record(millisight, "GET", "/slow", 200, 700_000_000);
            millisight.reset();
            LiveSummary summary = millisight.summary();
            assertThat(summary.totalRequests()).isZero();
            assertThat(summary.slowRequests()).isEmpty();
            assertThat(summary.window().requests()).isZero();
            assertThat(millisight.report(lastHour()).total().requests()).isEqualTo(1);
        }
    }

    @Test
    void aSpikeIsRaisedOnceAndHeldByItsCooldown() {
        MillisightConfig config = IN_MEMORY.toBuilder()
                .spike(SpikeRule.defaults())
                .requestLogLimit(0)
                .build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            slice(millisight, 20_000_000);
            slice(millisight, 100_000_000);
            slice(millisight, 100_000_000);
            assertThat(millisight.alerts())
                    .filteredOn(alert -> alert instanceof SpikeAlert spike && spike.endpoint() == null)
                    .hasSize(1);
        }
    }

    @Test
    void aSeriesPutsRequestsIntoTheMinuteOfTheirCompletion() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            record(millisight, "GET", "/a", 200, 1_000_000);
            clock.advance(Duration.ofMinutes(1));
            millisight.summary();
            record(millisight, "GET", "/a", 200, 1_000_000);
            assertThat(millisight.series(lastHour(), TimeRange.MINUTE, null).points().stream()
                            .mapToLong(point -> point.rollup().requests())
                            .filter(requests -> requests > 0))
                    .containsExactly(1L, 1L);
        }
    }

    @Test
    void aHashedUserIdIsTheSameForTheSameUserAndNotTheUser() {
        MillisightConfig config =
                IN_MEMORY.toBuilder().userId(UserIdPolicy.HASH).build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            recordOfUser(millisight, "ada");
            recordOfUser(millisight, "ada");
            assertThat(millisight.requests(RequestQuery.all(lastHour(), 9)).requests())
                    .extracting(StoredRequest::userId)
                    .hasSize(2)
                    .containsOnly(HexFormat.of().formatHex(sha256("ada"), 0, 8));
        }
    }

    @Test
    void noUserIdIsKeptWhenThePolicyIsOff() {
        MillisightConfig config = IN_MEMORY.toBuilder().userId(UserIdPolicy.OFF).build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            recordOfUser(millisight, "ada");
            assertThat(millisight.requests(RequestQuery.all(lastHour(), 9)).requests())
                    .extracting(StoredRequest::userId)
                    .containsExactly((String) null);
        }
    }

    @Test
    void aFaultWhileRecordingIsContainedAndCounted() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            millisight.record("GET", "", 200, Outcome.COMPLETED, false, 0, 1, null, null);
            Ledger ledger = millisight.ledger();
            assertThat(ledger.dropped()).containsEntry("recorder_fault", 1L);
            assertBalanced(ledger);
        }
    }

    @Test
    void aRequestThatItsCallerCouldNotRecordIsCounted() {
        try (Millisight millisight = Millisight.start(IN_MEMORY, clock)) {
            millisight.countLost();

            Ledger ledger = millisight.ledger();
            assertThat(ledger.dropped()).containsEntry("recorder_fault", 1L);
            assertBalanced(ledger);
        }
    }

    @Test
    void afterCloseNothingIsTakenAndClosingAgainDoesNothing() {
        Millisight millisight = Millisight.start(IN_MEMORY, clock);
        millisight.close();
        record(millisight, "GET", "/late", 200, 1);
        millisight.close();
        assertThat(millisight.ledger().seen()).isZero();
    }

    @Test
    void aStoreThatNobodyProvidesIsRefusedByName(@TempDir Path folder) {
        MillisightConfig config = MillisightConfig.builder()
                .store("jdbc:nobody")
                .dataDirectory(folder)
                .build();
        assertThatThrownBy(() -> Millisight.start(config, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:nobody")
                .hasMessageContaining("millisight-store");
    }

    @Test
    void checksAreThereWithoutCode(@TempDir Path folder) {
        HealthConfig checks = new HealthConfig(
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Set.of("redis"),
                Map.of("ml_models", URI.create("http://localhost:1/ready")),
                URI.create("redis://localhost:1"));
        try (Millisight millisight = Millisight.start(
                MillisightConfig.builder()
                        .dataDirectory(folder)
                        .store("memory")
                        .health(checks)
                        .build(),
                clock)) {
            assertThat(millisight.health().summary().checks())
                    .extracting(check -> check.name() + (check.critical() ? "!" : ""))
                    .containsExactly("millisight", "jvm", "redis!", "ml_models");
        }
    }

    @Test
    void aCheckThatCannotBeMadeIsRefusedByName() {
        HealthConfig checks = new HealthConfig(
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Set.of(),
                Map.of("jvm", URI.create("http://localhost:1/ready")),
                null);
        assertThatThrownBy(() ->
                        Millisight.start(IN_MEMORY.toBuilder().health(checks).build(), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'jvm' is taken");
    }

    @Test
    void aCheckRunsByItselfAndItsHistoryIsKept() throws Exception {
        CountDownLatch ran = new CountDownLatch(2);
        try (Millisight millisight = Millisight.start(IN_MEMORY)) {
            millisight
                    .health()
                    .add(HealthCheck.named("payments", timeout -> {
                                ran.countDown();
                                return HealthResult.healthy();
                            })
                            .interval(Duration.ofMillis(100))
                            .build());
            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
            long now = millisight.time().epochMicros();
            HealthHistory history =
                    millisight.healthHistory(new TimeRange(now - TimeRange.HOUR, now + TimeRange.HOUR), "payments");
            assertThat(history.checks()).singleElement().satisfies(check -> {
                assertThat(check.instance()).isEqualTo(IN_MEMORY.instance());
                assertThat(check.turns()).extracting(HealthHistory.Turn::to).containsExactly(HealthStatus.HEALTHY);
            });
        }
    }

    @Test
    void aFolderThatCannotBeUsedMeansMemoryAndNoFailure(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a-file"), "not a folder");
        MillisightConfig config =
                MillisightConfig.builder().dataDirectory(file.resolve("data")).build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            record(millisight, "GET", "/a", 200, 1_000_000);
            assertThat(millisight.journalDescription()).startsWith("in memory");
            assertThat(millisight.report(lastHour()).total().requests()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatFailsBeforeItIsUsedMeansMemoryAndNoFailure(@TempDir Path folder) {
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(folder)
                .store("unreliable:cursor")
                .build();
        try (Millisight millisight = Millisight.start(config, clock)) {
            record(millisight, "GET", "/a", 200, 1_000_000);
            assertThat(millisight.journalDescription()).startsWith("in memory");
            assertThat(millisight.report(lastHour()).total().requests()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatFailsToCloseStillLeavesTheFolderToTheNextStart(@TempDir Path folder) {
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(folder)
                .store("unreliable:close")
                .build();
        Millisight.start(config, clock).close();
        try (Millisight next = Millisight.start(config, clock)) {
            assertThat(next.journalDescription()).contains(folder.toString());
        }
        assertThat(folder.resolve("instance-2")).doesNotExist();
    }

    @Test
    void aStoreThatBreaksWhenItIsToldOfTheEndIsNoFailureOfTheApplication(@TempDir Path folder) {
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(folder)
                .store("broken:addInstance")
                .build();

        Millisight millisight = Millisight.start(config, clock);

        assertThatCode(millisight::close).doesNotThrowAnyException();
    }

    private void slice(Millisight millisight, long nanos) {
        for (int i = 0; i < 60; i++) {
            record(millisight, "GET", "/a", 200, nanos);
        }
        millisight.summary();
        clock.advance(millisight.config().slice());
        millisight.summary();
    }

    private void record(Millisight millisight, String method, String route, int status, long nanos) {
        long end = clock.nanoTime();
        millisight.record(method, route, status, Outcome.COMPLETED, false, end - nanos, end, null, null);
    }

    private void recordOfUser(Millisight millisight, String user) {
        long end = clock.nanoTime();
        millisight.record("GET", "/me", 200, Outcome.COMPLETED, false, end, end, user, null);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void recordFromManyThreads(Millisight millisight, int threads, int each) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch begin = new CountDownLatch(1);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            pool.execute(() -> {
                try {
                    begin.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < each; i++) {
                    record(millisight, "GET", "/thread/" + thread, 200, 1_000 + i);
                }
            });
        }
        begin.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    private TimeRange lastHour() {
        return new TimeRange(clock.epochMicros() - TimeRange.HOUR, clock.epochMicros() + TimeRange.MINUTE);
    }

    private static void assertBalanced(Ledger ledger) {
        long dropped =
                ledger.dropped().values().stream().mapToLong(Long::longValue).sum();
        assertThat(ledger.seen()).isEqualTo(ledger.stored() + ledger.pending() + dropped);
    }
}
