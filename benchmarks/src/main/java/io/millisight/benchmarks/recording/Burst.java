package io.millisight.benchmarks.recording;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What recording costs the recording thread itself: processor time and bytes allocated, by the thread's own counters. Every
 * subject is measured in bursts of {@link #SIZE}, so that reading the counters costs nothing in comparison.
 *
 * <p>Processor time beside wall time: with as many recording threads as cores, a consumer thread that wakes takes a core
 * from one of them. That is no cost of recording; it is one of having two cores.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Burst {

    /**
     * Records of one burst. On two cores the default ring calls its consumer at every 16,384 of a home, so it drains during each
     * burst, from another place in it each time; and eight bursts at once fill less of the ring than it gives up requests at.
     */
    static final int SIZE = 20_480;

    /** Records of one burst of what takes a thousand times longer. */
    static final int SHORT = 256;

    static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public long cpuNanos;
    public long allocatedBytes;
    public long records;

    private long cpuBefore;
    private long allocatedBefore;

    void begin() {
        allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        cpuBefore = THREADS.getCurrentThreadCpuTime();
    }

    void clear() {
        cpuNanos = 0;
        allocatedBytes = 0;
        records = 0;
    }

    void end() {
        end(SIZE);
    }

    void end(int burst) {
        cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
        records += burst;
    }

    /** Counts a burst of another thread too. */
    void add(Burst other) {
        cpuNanos += other.cpuNanos;
        allocatedBytes += other.allocatedBytes;
        records += other.records;
    }
}
