package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmProbeTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicReference<JvmProbe.Reading> reading = new AtomicReference<>(heap(10));

    private static JvmProbe.Reading heap(long afterCollection) {
        return new JvmProbe.Reading(afterCollection, 100, 95, 0, List.of());
    }

    private static JvmProbe.Reading paused(long millis) {
        return new JvmProbe.Reading(10, 100, 95, millis, List.of());
    }

    private JvmProbe probe() {
        return new JvmProbe(reading::get, nanos::get);
    }

    @Test
    void tellsOfThisJvm() {
        System.gc();

        HealthResult result = JvmProbe.ofThisJvm().check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat((Long) result.details().get("heap_after_gc")).isPositive();
        assertThat((Long) result.details().get("heap_max")).isPositive();
        assertThat(result.details())
                .containsEntry("deadlocked_threads", 0L)
                .containsKeys("heap_used", "heap_after_gc_share", "gc_pause_share");
    }

    @Test
    void isDownWhileThreadsAreInADeadlock() throws Exception {
        ReentrantLock left = new ReentrantLock();
        ReentrantLock right = new ReentrantLock();
        CountDownLatch both = new CountDownLatch(2);
        List<Thread> threads =
                List.of(locking("left-hand", left, right, both), locking("right-hand", right, left, both));
        threads.forEach(Thread::start);
        JvmProbe probe = JvmProbe.ofThisJvm();
        long until = System.nanoTime() + LONG.toNanos();
        HealthResult stuck = probe.check(LONG);
        while (stuck.status() != HealthStatus.DOWN && System.nanoTime() < until) {
            stuck = probe.check(LONG);
        }

        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        HealthResult resolved = probe.check(LONG);

        assertThat(stuck.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(stuck.message())
                .startsWith("2 threads are in a deadlock, which only a restart ends: ")
                .contains("left-hand", "right-hand");
        assertThat(stuck.details()).containsEntry("deadlocked_threads", 2L);
        assertThat(resolved.details()).containsEntry("deadlocked_threads", 0L);
    }

    private static Thread locking(String name, ReentrantLock first, ReentrantLock second, CountDownLatch both) {
        Thread thread = new Thread(
                () -> {
                    try {
                        first.lockInterruptibly();
                        both.countDown();
                        both.await();
                        second.lockInterruptibly();
                    } catch (InterruptedException e) {
                        // Out of it.
                    }
                },
                name);
        thread.setDaemon(true);
        return thread;
    }

    @Test
    void namesOnlySomeOfManyThreads() {
        List<String> names = IntStream.range(0, 30).mapToObj(i -> "worker-" + i).toList();
        reading.set(new JvmProbe.Reading(10, 100, 95, 0, names));

        HealthResult result = probe().check(LONG);

        assertThat(result.message()).startsWith("30 threads").endsWith("worker-9, ...");
    }

    @Test
    void isDegradedWhenTheHeapIsFullAfterACollection() {
        reading.set(heap(90));
        assertThat(probe().check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);

        reading.set(heap(91));
        HealthResult full = probe().check(LONG);

        assertThat(full.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(full.message()).isEqualTo("the heap is 91 % full after garbage collection");
    }

    @Test
    void doesNotJudgeAHeapWithoutALimit() {
        reading.set(new JvmProbe.Reading(91, 0, 95, 0, List.of()));

        assertThat(probe().check(LONG).status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void isDegradedWhenPausesTakeMoreThanAFifthOfTheTime() {
        reading.set(paused(60_000));
        JvmProbe probe = probe();

        reading.set(paused(60_000 + 2_100));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        HealthResult busy = probe.check(LONG);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        HealthResult calm = probe.check(LONG);

        assertThat(busy.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(busy.message()).isEqualTo("garbage collection stops the application for 21 % of the time");
        assertThat(busy.details()).containsEntry("gc_pause_share", 0.21);
        assertThat(calm.status()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void doesNotJudgePausesOverLessThanASecond() {
        JvmProbe probe = probe();
        reading.set(paused(400));
        List<HealthStatus> seen = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(300));
            seen.add(probe.check(LONG).status());
        }

        // 400 of the first 1,200 ms, told at the end of them.
        assertThat(seen)
                .containsExactly(
                        HealthStatus.HEALTHY, HealthStatus.HEALTHY, HealthStatus.HEALTHY, HealthStatus.DEGRADED);
    }

    @ParameterizedTest
    @CsvSource({
        "G1 Young Generation, true",
        "G1 Old Generation, true",
        "G1 Concurrent GC, false",
        "PS MarkSweep, true",
        "Copy, true",
        "ZGC Pauses, true",
        "ZGC Cycles, false",
        "ZGC Major Pauses, true",
        "ZGC Minor Cycles, false",
        "Shenandoah Pauses, true",
        "Shenandoah Cycles, false",
    })
    void countsOnlyCollectorsThatStopTheApplication(String collector, boolean pausing) {
        assertThat(JvmProbe.isPausing(collector)).isEqualTo(pausing);
    }

    @ParameterizedTest
    @CsvSource({
        "G1 Old Gen, true",
        "G1 Eden Space, false",
        "PS Old Gen, true",
        "PS Survivor Space, false",
        "Tenured Gen, true",
        "ZHeap, true",
        "ZGC Old Generation, true",
        "ZGC Young Generation, false",
        "Shenandoah, true",
        "Metaspace, false",
    })
    void judgesThePoolThatGarbageEndsUpIn(String pool, boolean old) {
        assertThat(JvmProbe.isOld(pool)).isEqualTo(old);
    }
}
