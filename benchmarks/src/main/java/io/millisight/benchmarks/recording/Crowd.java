package io.millisight.benchmarks.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * More threads than there are cores, which record a burst each, together with the benchmark's own. They wait for one another
 * without spinning, which would take the cores from those that record.
 */
@State(Scope.Benchmark)
public class Crowd {

    /** Threads in all. */
    static final int THREADS = 8;

    private final List<Burst> bursts = new ArrayList<>();
    private final CyclicBarrier barrier;
    private Partner.Bursts wanted = from -> {};
    private volatile boolean closed;

    public Crowd() {
        this(THREADS);
    }

    /** @param threads in all, the benchmark's own among them */
    Crowd(int threads) {
        barrier = new CyclicBarrier(threads);
    }

    @Setup(Level.Trial)
    public void start() {
        // Neighbours in number have lanes of their own, as far as there are lanes.
        for (int i = 1; i < barrier.getParties(); i++) {
            Burst burst = new Burst();
            bursts.add(burst);
            int from = i * Requests.COUNT / barrier.getParties();
            Thread thread = new Thread(() -> run(burst, from), "crowd-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        closed = true;
        await();
    }

    private void run(Burst burst, int from) {
        await();
        while (!closed) {
            burst.clear();
            burst.begin();
            wanted.record(from);
            burst.end();
            await();
            await();
        }
    }

    /** Records a burst on every thread, this one among them. */
    void record(Partner.Bursts each, Burst own) {
        wanted = each;
        await();
        own.begin();
        each.record(0);
        own.end();
        await();
        bursts.forEach(own::add);
    }

    private void await() {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
