package io.millisight.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.millisight.observe.TimeSource;
import io.millisight.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The rules one by one, on a manual clock: the test is the monitor's thread, and runs probes when it likes. */
class HealthMonitorTest {

    private final ManualClock clock = new ManualClock();
    private final Queue<Runnable> begun = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private final AtomicReference<HealthResult> answer = new AtomicReference<>(HealthResult.healthy());
    private final AtomicInteger runs = new AtomicInteger();

    private final HealthListener listener = (before, now) ->
            heard.add(before.status().word() + " " + now.status().word());
    private final HealthMonitor monitor = monitor(begun::add);

    @Test
    void nothingIsKnownBeforeTheFirstRun() {
        monitor.add(check().build());

        CheckState state = only();
        assertThat(state.status()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(state.hasRun()).isFalse();
        assertThat(state.responseTimeNanos()).isEqualTo(-1);
        assertThat(monitor.summary().status()).isEqualTo(HealthStatus.UNKNOWN);
    }

    @Test
    void theFirstAnswerIsKnownAtOnce() {
        answer.set(HealthResult.degraded("half full").with("used", 51L));
        monitor.add(check().build());
        runDue();

        CheckState state = only();
        assertThat(state.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(state.observed()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(state.message()).isEqualTo("half full");
        assertThat(state.details()).containsEntry("used", 51L);
        assertThat(state.checkedAtMicros()).isEqualTo(clock.epochMicros());
        assertThat(state.sinceMicros()).isEqualTo(clock.epochMicros());
        assertThat(heard).containsExactly("unknown degraded");
    }

    @Test
    void runsAtItsInterval() {
        monitor.add(check().interval(ofSeconds(30)).build());
        runDue();
        for (int second = 0; second < 90; second++) {
            pass(ofSeconds(1));
            begun.forEach(Runnable::run);
            begun.clear();
            monitor.step();
        }
        assertThat(runs).hasValue(4);
    }

    @Test
    void firstRunsAreSpreadOverASecondAndLaterOnesComeATenthEarlierAtMost() {
        HealthMonitor late = new HealthMonitor(clock, List.of(listener), begun::add, bound -> bound - 1);
        late.add(check().interval(ofSeconds(10)).build());

        assertThat(late.step()).isBetween(ofMillis(999).toNanos(), ofSeconds(1).toNanos());
        assertThat(begun).isEmpty();
        clock.advance(ofSeconds(1));
        late.step();
        begun.remove().run();

        assertThat(late.step()).isBetween(ofSeconds(9).toNanos(), ofSeconds(9).toNanos() + 1);
    }

    @Test
    void aProbeThatThrowsIsDownWithItsMessageAndNoStackTrace() {
        monitor.add(HealthCheck.named("a", timeout -> {
                    throw new IllegalStateException("no route to host\n\tat com.example.Secret");
                })
                .build());
        runDue();

        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        assertThat(only().message()).isEqualTo("IllegalStateException: no route to host");
    }

    @Test
    void aThrowableThatCannotEvenSayItsMessageIsDownByItsName() {
        class Broken extends Error {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("worse");
            }
        }
        monitor.add(HealthCheck.named("a", timeout -> {
                    throw new Broken();
                })
                .build());
        runDue();

        assertThat(only().message()).isEqualTo("Broken");
    }

    @Test
    void aProbeThatAnswersNothingIsDown() {
        answer.set(null);
        monitor.add(check().build());
        runDue();

        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        assertThat(only().message()).isEqualTo("the probe returned null");
    }

    @Test
    void aProbeThatHangsIsGivenUpAtItsTimeout() {
        monitor.add(check().timeout(ofSeconds(3)).build());
        monitor.step();
        assertThat(begun).hasSize(1);

        pass(ofMillis(2_999));
        assertThat(only().hasRun()).isFalse();
        pass(ofMillis(1));

        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        assertThat(only().message()).isEqualTo("no answer within 3000 ms");
        assertThat(only().responseTimeNanos()).isEqualTo(ofSeconds(3).toNanos());
    }

    @Test
    void aProbeThatHangsNeverRunsTwiceAtOnceAndStaysDown() {
        monitor.add(check().interval(ofSeconds(10)).timeout(ofSeconds(3)).build());
        monitor.step();
        for (int second = 0; second < 60; second++) {
            pass(ofSeconds(1));
        }

        assertThat(begun).hasSize(1);
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        assertThat(only().message()).matches("no answer within 3000 ms; the probe hangs since (5|6)\\d s");
        assertThat(only().stale()).isFalse();
    }

    @Test
    void anAnswerThatComesAfterItWasGivenUpIsNotHeard() {
        monitor.add(check().timeout(ofSeconds(3)).interval(ofSeconds(10)).build());
        monitor.step();
        pass(ofSeconds(3));
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);

        begun.remove().run();
        monitor.step();
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);

        pass(ofSeconds(7));
        begun.remove().run();
        monitor.step();
        assertThat(only().observed()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void aProbeThatHangsDelaysNoOther() {
        monitor.add(check("hangs").build());
        monitor.add(check("works").build());
        monitor.step();
        begun.remove();
        begun.remove().run();
        monitor.step();

        assertThat(monitor.summary().checks())
                .extracting(CheckState::status)
                .containsExactly(HealthStatus.UNKNOWN, HealthStatus.HEALTHY);
    }

    @Test
    void turnsWhenSoManyWorseAnswersHaveComeInARow() {
        monitor.add(check().failures(3).interval(ofSeconds(10)).build());
        runDue();
        answer.set(HealthResult.down("refused"));

        runNext();
        runNext();
        assertThat(only().status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(only().observed()).isEqualTo(HealthStatus.DOWN);
        runNext();
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        assertThat(heard).containsExactly("unknown healthy", "healthy healthy", "healthy healthy", "healthy down");
    }

    @Test
    void oneBadAnswerAmongGoodOnesTurnsNothing() {
        monitor.add(check().failures(2).build());
        runDue();
        for (int i = 0; i < 20; i++) {
            answer.set(i % 2 == 0 ? HealthResult.down("blip") : HealthResult.healthy());
            runNext();
        }
        assertThat(heard).doesNotContain("healthy down");
    }

    @Test
    void turnsBackWhenSoManyBetterAnswersHaveComeInARow() {
        answer.set(HealthResult.down("refused"));
        monitor.add(check().successes(2).build());
        runDue();
        answer.set(HealthResult.healthy());

        runNext();
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
        long before = clock.epochMicros();
        runNext();
        assertThat(only().status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(only().sinceMicros()).isGreaterThan(before);
    }

    @Test
    void aChangeIsLookedAtAgainAfterAFifthOfTheInterval() {
        monitor.add(check().interval(ofSeconds(60)).failures(2).build());
        runDue();
        answer.set(HealthResult.down("refused"));
        pass(ofSeconds(60));
        begun.remove().run();
        monitor.step();
        assertThat(only().status()).isEqualTo(HealthStatus.HEALTHY);

        pass(ofSeconds(12));
        begun.remove().run();
        monitor.step();
        assertThat(only().status()).isEqualTo(HealthStatus.DOWN);
    }

    @Test
    void anAnswerThatTookTooLongIsDegraded() {
        monitor.add(HealthCheck.named("a", timeout -> {
                    clock.advance(ofMillis(801));
                    return HealthResult.healthy().with("rows", 1L);
                })
                .degradedAbove(ofMillis(800))
                .build());
        runDue();

        assertThat(only().status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(only().message()).isEqualTo("slow: 801 ms, above 800 ms");
        assertThat(only().details()).containsEntry("rows", 1L);
        assertThat(only().responseTimeNanos()).isEqualTo(ofMillis(801).toNanos());
    }

    @Test
    void aResultOlderThanThreeIntervalsIsStaleAndCountsAsUnknown() {
        monitor.add(check().interval(ofSeconds(10))
                .timeout(ofSeconds(1))
                .critical(true)
                .build());
        runDue();
        clock.advance(ofSeconds(31));
        assertThat(only().stale()).isFalse();

        clock.advance(ofSeconds(1));
        assertThat(only().stale()).isTrue();
        assertThat(only().status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(monitor.summary().status()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(monitor.summary().ready()).isFalse();
    }

    @Test
    void withoutAThreadToRunOnNothingIsKnown() {
        HealthMonitor crowded = monitor(run -> {
            throw new RejectedExecutionException("no more threads");
        });
        crowded.add(check().build());
        crowded.step();

        CheckState state = crowded.summary().checks().get(0);
        assertThat(state.status()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(state.message()).isEqualTo("no thread to run it: RejectedExecutionException: no more threads");
    }

    @Test
    void aNameIsTakenOnce() {
        monitor.add(check("database").build());
        assertThat(monitor.has("database")).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.add(check("database").build()))
                .withMessage("health check name: 'database' is taken; allowed: a name that no other check has");
    }

    @Test
    void thereIsAMostOfChecks() {
        for (int i = 0; i < HealthMonitor.MAX_CHECKS; i++) {
            monitor.add(check("c" + i).build());
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.add(check("more").build()))
                .withMessageContaining("at most 200");
    }

    @Test
    void aFaultOfAListenerReachesNeitherTheOthersNorTheMonitor() {
        HealthListener faulty = (before, now) -> {
            throw new IllegalStateException("fault");
        };
        HealthMonitor two = new HealthMonitor(clock, List.of(faulty, listener), begun::add, bound -> 0);
        two.add(check().build());
        two.step();
        begun.remove().run();

        assertThatNoException().isThrownBy(two::step);
        assertThat(heard).containsExactly("unknown healthy");
    }

    @Test
    void runsByItselfAnswersWhileAProbeHangsAndInterruptsItAtTheEnd() throws Exception {
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        HealthMonitor running = new HealthMonitor(TimeSource.SYSTEM, List.of((before, now) -> worked.countDown()));
        running.add(check("works").build());
        running.add(HealthCheck.named("hangs", timeout -> {
                    hanging.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return HealthResult.healthy();
                })
                .build());
        try (running) {
            running.start();
            assertThat(worked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(running.summary().checks())
                    .extracting(CheckState::status)
                    .containsExactly(HealthStatus.HEALTHY, HealthStatus.UNKNOWN);
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aProbeIsInterruptedWhenItIsGivenUpAndSeesTheLoaderOfItsOwnClass() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicReference<ClassLoader> loader = new AtomicReference<>();
        try (HealthMonitor running = new HealthMonitor(TimeSource.SYSTEM, List.of())) {
            running.start();
            running.add(HealthCheck.named("hangs", timeout -> {
                        loader.set(Thread.currentThread().getContextClassLoader());
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                        return HealthResult.healthy();
                    })
                    .timeout(ofMillis(10))
                    .interval(ofMillis(100)) // one that is given up before its thread begins is not run at all
                    .build());
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(loader.get()).isEqualTo(HealthMonitorTest.class.getClassLoader());
    }

    private HealthMonitor monitor(Executor workers) {
        return new HealthMonitor(clock, List.of(listener), workers, bound -> 0);
    }

    private HealthCheck.Builder check() {
        return check("a");
    }

    private HealthCheck.Builder check(String name) {
        return HealthCheck.named(name, timeout -> {
            runs.incrementAndGet();
            return answer.get();
        });
    }

    private CheckState only() {
        List<CheckState> checks = monitor.summary().checks();
        assertThat(checks).hasSize(1);
        return checks.get(0);
    }

    /** Begins what is due, lets it answer, and hears it. */
    private void runDue() {
        monitor.step();
        begun.remove().run();
        monitor.step();
    }

    /** Lets time pass until the next run is due, and runs it. */
    private void runNext() {
        clock.advance(Duration.ofNanos(monitor.step()));
        runDue();
    }

    /** Lets time pass; what becomes due begins, and hangs until the test runs it. */
    private void pass(Duration time) {
        clock.advance(time);
        monitor.step();
    }
}
