package io.millisight.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a piece of work took on the calling thread.
 *
 * @param wallNanos by the clock
 * @param cpuNanos of processor time
 */
public record Cost(long wallNanos, long cpuNanos) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Nothing yet. */
    public static final Cost NONE = new Cost(0, 0);

    /** Work that may fail in any way. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** Does the work and says what it took. */
    public static Cost of(Work work) throws Exception {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long wall = System.nanoTime();
        work.run();
        return new Cost(System.nanoTime() - wall, THREADS.getCurrentThreadCpuTime() - cpu);
    }

    /** Bytes that the calling thread has allocated so far. */
    public static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    public Cost plus(Cost other) {
        return new Cost(wallNanos + other.wallNanos, cpuNanos + other.cpuNanos);
    }
}
