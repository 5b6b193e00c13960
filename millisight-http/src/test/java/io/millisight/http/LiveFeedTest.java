package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Ledger;
import io.millisight.health.HealthCheck;
import io.millisight.health.HealthResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** The feed by hand: the test ticks, by its own clock. */
class LiveFeedTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final MonitoredService service = new MonitoredService();

    private FaultLog faults;
    private LiveFeed feed;

    @BeforeEach
    void start() {
        faults = new FaultLog(LoggerFactory.getLogger("test"), service.clock);
        feed = new LiveFeed(service.millisight, faults, task -> new Thread(() -> {}));
    }

    @AfterEach
    void stop() {
        feed.close();
    }

    /** What an adapter is, but for the wire. */
    private static class Client implements LiveClient {

        int told;
        int ended;

        @Override
        public void available() {
            told++;
        }

        @Override
        public void ended() {
            ended++;
        }
    }

    private void tickAfterASecond() {
        service.pass(SECOND);
        feed.tick();
    }

    private static Map<String, Object> json(@Nullable LiveFrame frame) {
        assertThat(frame).isNotNull();
        return RecordingExchange.parsed(text(frame));
    }

    private static String text(LiveFrame frame) {
        return StandardCharsets.UTF_8.decode(frame.message()).toString();
    }

    private static List<Map<String, Object>> objects(Map<String, Object> json, String name) {
        return RecordingExchange.objects(json.get(name));
    }

    @Test
    void beginsWithAFrameThatHoldsEverything() {
        service.record("GET", "/a", 200, 10, null);
        service.record("GET", "/a", 500, 900, "ada");
        Map<String, Object> first = json(feed.subscribe(null, new Client()).poll());

        assertThat(first)
                .containsEntry("full", true)
                .containsEntry("service", "shop")
                .containsEntry("instance", "shop-1")
                .containsEntry("total_requests", 2.0)
                .containsEntry("rate", null)
                .containsEntry("bucket_scale", 3.0)
                .containsEntry("percentile_relative_error", 0.0055)
                .containsKeys("timestamp", "in_flight", "lag_seconds", "health", "alerts");
        assertThat(RecordingExchange.object(first.get("window")))
                .containsEntry("requests", 2.0)
                .containsEntry("error_rate", 0.5)
                .containsEntry("p99", 900.0);
        assertThat(objects(first, "slow")).singleElement().satisfies(slow -> assertThat(slow)
                .containsEntry("endpoint", "GET /a")
                .containsEntry("user_id", "ada"));
        assertThat(objects(first, "endpoints")).singleElement().satisfies(endpoint -> assertThat(endpoint)
                .containsEntry("endpoint", "GET /a")
                .containsEntry("requests", 2.0)
                .containsEntry("errors", 1.0)
                .containsEntry("time_share", 1.0));
        assertThat(RecordingExchange.object(first.get("ledger"))).containsEntry("seen", 2.0);
    }

    @Test
    void tellsThenOnlyWhatIsNew() {
        service.record("GET", "/a", 200, 10, null);
        LiveSubscription client = feed.subscribe(null, new Client());
        Map<String, Object> first = json(client.poll());
        service.record("GET", "/b", 200, 600, null);
        service.record("GET", "/b", 200, 20, null);
        service.pass(Duration.ofSeconds(2));
        feed.tick();
        Map<String, Object> second = json(client.poll());
        tickAfterASecond();
        Map<String, Object> third = json(client.poll());

        assertThat(second)
                .containsEntry("full", false)
                .containsEntry("seconds", 2.0)
                .containsEntry("requests", 2.0)
                .containsEntry("rate", 1.0)
                .containsEntry("error_rate", 0.0)
                .doesNotContainKey("health");
        assertThat(objects(second, "endpoints"))
                .extracting(endpoint -> endpoint.get("endpoint"))
                .contains("GET /b");
        assertThat(objects(second, "slow")).hasSize(1);
        assertThat(objects(third, "slow")).isEmpty();
        assertThat(objects(third, "endpoints")).isEmpty();
        assertThat(third).containsEntry("requests", 0.0).containsEntry("error_rate", null);
        assertThat(List.of(first, second, third))
                .extracting(frame -> number(frame))
                .containsExactly(1L, 2L, 3L);
    }

    private static long number(Map<String, Object> frame) {
        String id = (String) frame.get("id");
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    @Test
    void keepsASlicesTimestampUntilItLeavesTheWindow() {
        service.record("GET", "/a", 200, 10, null);
        LiveSubscription client = feed.subscribe(null, new Client());
        Map<String, Object> open = objects(json(client.poll()), "slices").get(0);
        service.pass(Duration.ofSeconds(12));
        service.record("GET", "/a", 200, 30, null);
        feed.tick();
        List<Map<String, Object>> slices = objects(json(client.poll()), "slices");

        assertThat(slices).hasSize(2);
        assertThat(slices.get(0))
                .containsEntry("timestamp", open.get("timestamp"))
                .containsEntry("seconds", 10.0)
                .containsEntry("rate", 0.1);
        assertThat(slices.get(1)).containsEntry("p50", 30.0).containsEntry("requests", 1.0);
    }

    @Test
    void tellsOfAnEndpointThatHasLeftTheWindow() {
        service.record("GET", "/a", 200, 10, null);
        LiveSubscription client = feed.subscribe(null, new Client());
        while (client.poll() != null) {}
        service.pass(Duration.ofMinutes(6));
        feed.tick();

        assertThat(objects(json(client.poll()), "endpoints")).singleElement().satisfies(endpoint -> assertThat(endpoint)
                .containsEntry("requests", 0.0)
                .containsEntry("p99", null));
    }

    @Test
    void tellsOfAlertsAndChecksWhenTheyTurn() throws InterruptedException {
        LiveSubscription client = feed.subscribe(null, new Client());
        json(client.poll());
        CountDownLatch asked = new CountDownLatch(1);
        service.millisight
                .health()
                .add(HealthCheck.named("model", timeout -> {
                            asked.countDown();
                            return HealthResult.down("no answer");
                        })
                        .build());
        Map<String, Object> frame = Map.of();
        while (!frame.containsKey("health")) {
            tickAfterASecond();
            frame = json(client.poll());
        }

        assertThat(RecordingExchange.object(
                        RecordingExchange.object(frame.get("health")).get("checks")))
                .containsOnlyKeys("model");
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void beginsAnewForAllWhenTheLiveViewDoes() {
        service.record("GET", "/a", 200, 10, null);
        LiveSubscription client = feed.subscribe(null, new Client());
        client.poll();
        service.pass(SECOND);
        service.millisight.reset();
        feed.tick();
        Map<String, Object> frame = json(client.poll());

        assertThat(frame).containsEntry("full", true).containsEntry("total_requests", 0.0);
        assertThat(number(frame)).isEqualTo(2);
    }

    @Test
    void sendsWhatAClientMissedAndNothingTwice() {
        LiveSubscription client = feed.subscribe(null, new Client());
        String last = json(client.poll()).get("id").toString();
        client.close();
        tickAfterASecond();
        tickAfterASecond();
        LiveSubscription again = feed.subscribe(last, new Client());

        assertThat(number(json(again.poll()))).isEqualTo(2);
        assertThat(number(json(again.poll()))).isEqualTo(3);
        assertThat(again.poll()).isNull();
    }

    @Test
    void sendsEverythingToAClientWhosePlaceIsGoneOrWasNeverHere() {
        String last = id(feed.subscribe(null, new Client()).poll());
        for (int i = 0; i <= LiveFeed.KEPT_FRAMES; i++) {
            tickAfterASecond();
        }
        for (String place : List.of(last, "other-3", last.replaceAll("-.*", "-99999"), "nonsense", "x".repeat(64))) {
            Map<String, Object> frame = json(feed.subscribe(place, new Client()).poll());
            assertThat(frame).as(place).containsEntry("full", true);
            assertThat(number(frame)).isEqualTo(LiveFeed.KEPT_FRAMES + 2L);
        }
    }

    private static String id(@Nullable LiveFrame frame) {
        return json(frame).get("id").toString();
    }

    @Test
    void holdsNoMoreThanItsShareOfMemoryHoweverManyEndpointsMove() {
        LiveSubscription slow = feed.subscribe(null, new Client());
        for (int frame = 0; frame < 30; frame++) {
            for (int endpoint = 0; endpoint < 1_000; endpoint++) {
                service.record("GET", "/endpoint/of/some/length/" + endpoint, 200, 10 + frame, null);
            }
            tickAfterASecond();
        }

        assertThat(feed.keptBytes()).isLessThanOrEqualTo(LiveFeed.KEPT_BYTES);
        assertThat(json(slow.poll())).containsEntry("full", true);
        assertThat(slow.poll()).isNull();
    }

    @Test
    void tellsAClientThatHadEverythingAndNoOther() {
        Client waiting = new Client();
        Client behind = new Client();
        LiveSubscription subscription = feed.subscribe(null, waiting);
        feed.subscribe(null, behind);
        subscription.poll();
        assertThat(subscription.poll()).isNull();
        tickAfterASecond();
        tickAfterASecond();

        assertThat(waiting.told).isEqualTo(1);
        assertThat(behind.told).isZero();
    }

    @Test
    void givesAClientUpThatHasTakenNothingForHalfAMinute() {
        Client stalled = new Client();
        Client reading = new Client();
        feed.subscribe(null, stalled);
        LiveSubscription reader = feed.subscribe(null, reading);
        for (int second = 0; second <= 31; second++) {
            while (reader.poll() != null) {}
            tickAfterASecond();
        }

        assertThat(stalled.ended).isEqualTo(1);
        assertThat(reading.ended).isZero();
        assertThat(feed.clients()).isEqualTo(1);
    }

    @Test
    void isNotHarmedByAClientThatFails() {
        LiveSubscription first = feed.subscribe(null, new Client() {
            @Override
            public void available() {
                throw new IllegalStateException("broken");
            }
        });
        Client healthy = new Client();
        LiveSubscription second = feed.subscribe(null, healthy);
        for (LiveSubscription subscription : List.of(first, second)) {
            subscription.poll();
            subscription.poll();
        }
        tickAfterASecond();

        assertThat(healthy.told).isEqualTo(1);
        assertThat(faults.count()).isEqualTo(1);
    }

    @Test
    void endsItsClientsWhenItIsClosed() {
        Client client = new Client();
        LiveSubscription subscription = feed.subscribe(null, client);
        feed.close();

        assertThat(client.ended).isEqualTo(1);
        assertThat(subscription.poll()).isNull();
    }

    @Test
    void tellsWhoeverComesAfterItsEnd() {
        Client late = new Client();
        feed.close();

        assertThat(feed.subscribe(null, late).poll()).isNull();
        assertThat(late.ended).isEqualTo(1);
    }

    @Test
    void saysHowLongTheStoreHasMadeNoHeadway() {
        LiveState now = LiveState.of(service.millisight);
        Ledger behind = new Ledger(3, 2, 1, Map.of());

        assertThat(now.lagSeconds()).isZero();
        assertThat(new LiveState(9_000_000_000L, now.summary(), 0, List.of(), now.health(), behind, 7_500_000_000L)
                        .lagSeconds())
                .isEqualTo(1.5);
    }

    @Test
    void isNotBehindOnceAllIsStored() {
        LiveSubscription client = feed.subscribe(null, new Client());
        client.poll();
        service.record("GET", "/a", 200, 10, null);
        service.pass(SECOND);
        service.millisight.flush();
        feed.tick();

        assertThat(json(client.poll())).containsEntry("lag_seconds", 0.0);
    }

    @Test
    void runsByItselfWhileSomebodyWatches() throws InterruptedException {
        try (MonitoredService real = MonitoredService.onRealTime();
                LiveFeed running = new LiveFeed(real.millisight, faults)) {
            CountDownLatch told = new CountDownLatch(2);
            List<LiveSubscription> holder = new ArrayList<>();
            holder.add(running.subscribe(null, new LiveClient() {
                @Override
                public void available() {
                    while (holder.get(0).poll() != null) {}
                    told.countDown();
                }

                @Override
                public void ended() {}
            }));
            while (holder.get(0).poll() != null) {}

            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void answersWhoAsksNowAndThenWithWhatHasComeSince() {
        RecordingExchange first = service.get("/metrics/stream");
        String next = first.json().get("next").toString();
        RecordingExchange second = service.get("/metrics/stream?after=" + next);

        assertThat(objects(first.json(), "frames")).hasSize(1);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().get("next").toString()).startsWith(next.replaceAll("-.*", "-"));
    }

    @Test
    void refusesEventsWhereTheServerCannotKeepAnAnswerOpen() {
        RecordingExchange answer =
                service.send(RecordingExchange.get("/metrics/stream").header("Accept", "text/event-stream"));

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.json()).containsEntry("allowed", "application/json");
    }
}
