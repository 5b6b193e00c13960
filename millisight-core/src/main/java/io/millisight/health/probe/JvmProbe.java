package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at the JVM it runs in: what the heap holds after a collection, threads in deadlock, and the share of time for which
 * the garbage collector stops everything.
 *
 * <p>Down are deadlocks: the threads in one never get out. Degraded is a heap that is more than 90 % full after the
 * collector has done what it can, and pauses that take more than 20 % of the time since the last run. What a heap holds
 * before a collection says nothing and is not judged; so are the phases in which a collector works beside the application.
 * Deadlocks of virtual threads are not seen: the JVM does not tell of them.
 *
 * <p>Not thread-safe; a monitor never runs a check twice at once.
 */
public final class JvmProbe implements HealthProbe {

    private static final double HEAP_LIMIT = 0.9;
    private static final double PAUSE_LIMIT = 0.2;

    /** In less time than this one pause of usual length is a large share. */
    private static final long MIN_SPAN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_NAMES = 10;

    private final Supplier<Reading> readings;
    private final LongSupplier nanoTime;
    private long sinceNanos;
    private long pausedMillisThen;
    private double pauseShare;

    /**
     * Of a JVM, at one instant.
     *
     * @param heapAfterCollection bytes the old generation, or the only one, held after its last collection; 0 before the
     *     first
     * @param heapMax bytes it may hold; 0 or less when not known
     * @param heapUsed bytes the heap holds now
     * @param pausedMillis for how long collections have stopped everything, since the JVM's start
     * @param deadlocked names of the threads in deadlock
     */
    record Reading(long heapAfterCollection, long heapMax, long heapUsed, long pausedMillis, List<String> deadlocked) {}

    JvmProbe(Supplier<Reading> readings, LongSupplier nanoTime) {
        this.readings = readings;
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
        this.pausedMillisThen = readings.get().pausedMillis();
    }

    /** A probe of this JVM; its first run judges the time since now. */
    public static JvmProbe ofThisJvm() {
        return new JvmProbe(JvmProbe::read, System::nanoTime);
    }

    @Override
    public HealthResult check(Duration timeout) {
        Reading reading = readings.get();
        double heapShare = reading.heapMax() > 0 ? (double) reading.heapAfterCollection() / reading.heapMax() : 0;
        double pauses = pauseShare(reading.pausedMillis());
        HealthResult facts = HealthResult.healthy()
                .with("heap_after_gc", reading.heapAfterCollection())
                .with("heap_max", reading.heapMax())
                .with("heap_used", reading.heapUsed())
                .with("heap_after_gc_share", heapShare)
                .with("gc_pause_share", pauses)
                .with("deadlocked_threads", reading.deadlocked().size());
        if (!reading.deadlocked().isEmpty()) {
            return facts.as(
                    HealthStatus.DOWN,
                    reading.deadlocked().size() + " threads are in a deadlock, which only a restart ends: "
                            + names(reading.deadlocked()));
        }
        if (heapShare > HEAP_LIMIT) {
            return facts.as(
                    HealthStatus.DEGRADED,
                    "the heap is " + Math.round(100 * heapShare) + " % full after garbage collection");
        }
        if (pauses > PAUSE_LIMIT) {
            return facts.as(
                    HealthStatus.DEGRADED,
                    "garbage collection stops the application for " + Math.round(100 * pauses) + " % of the time");
        }
        return facts;
    }

    /** Since the run before; of runs that follow on each other's heels, the last share that could be told. */
    private double pauseShare(long pausedMillis) {
        long now = nanoTime.getAsLong();
        long span = now - sinceNanos;
        if (span >= MIN_SPAN_NANOS) {
            pauseShare = (double) TimeUnit.MILLISECONDS.toNanos(pausedMillis - pausedMillisThen) / span;
            sinceNanos = now;
            pausedMillisThen = pausedMillis;
        }
        return pauseShare;
    }

    private static String names(List<String> threads) {
        String names = String.join(", ", threads.subList(0, Math.min(MAX_NAMES, threads.size())));
        return threads.size() > MAX_NAMES ? names + ", ..." : names;
    }

    private static Reading read() {
        long afterCollection = 0;
        long max = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage =
                    pool.getType() == MemoryType.HEAP && isOld(pool.getName()) ? pool.getCollectionUsage() : null;
            if (usage != null) {
                afterCollection = usage.getUsed();
                // A pool without a limit of its own may take the whole heap.
                max = usage.getMax() > 0 ? usage.getMax() : Runtime.getRuntime().maxMemory();
            }
        }
        long paused = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            paused += isPausing(collector.getName()) ? Math.max(0, collector.getCollectionTime()) : 0;
        }
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Reading(afterCollection, max, used, paused, deadlocked());
    }

    /** "G1 Old Gen", "PS Old Gen", "Tenured Gen", "ZGC Old Generation"; and the heaps in one piece, "ZHeap", "Shenandoah". */
    static boolean isOld(String pool) {
        return pool.contains("Old Gen")
                || pool.contains("Tenured")
                || pool.equals("ZHeap")
                || pool.equals("Shenandoah");
    }

    /** Not "ZGC Cycles", "ZGC Major Cycles", "Shenandoah Cycles" and "G1 Concurrent GC", which work beside the application. */
    static boolean isPausing(String collector) {
        return !collector.endsWith("Cycles") && !collector.equals("G1 Concurrent GC");
    }

    private static List<String> deadlocked() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] ids = threads.findDeadlockedThreads();
        List<String> names = new ArrayList<>();
        if (ids != null) {
            for (ThreadInfo thread : threads.getThreadInfo(ids)) {
                // One that has ended since is null; it cannot have been in a deadlock then.
                if (thread != null) {
                    names.add(thread.getThreadName());
                }
            }
        }
        return names;
    }
}
