package io.millisight.benchmarks.recording;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A second thread that records a burst at the same moment as the benchmark's own. It spins until the other begins, so
 * that the bursts overlap from the first record to the last: what JMH's own second thread would not do, since each
 * thread's bursts begin when the ring is empty.
 */
@State(Scope.Benchmark)
public class Partner {

    /** Records one burst. */
    interface Bursts {
        void record(int from);
    }

    private enum Step {
        RESTING,
        ARMED,
        READY,
        BEGUN
    }

    private static final long REST_NANOS = 20_000;

    private final Burst burst = new Burst();
    private Bursts wanted;
    private volatile Step step = Step.RESTING;
    private volatile boolean closed;
    private Thread thread;

    @Setup(Level.Trial)
    public void start() {
        // Homes are picked by the thread's number, and there are at most 16: the number decides who meets whom.
        long wanted = (Thread.currentThread().getId() + lanesAway()) % 16;
        do {
            thread = new Thread(this::run, "partner");
        } while (thread.getId() % 16 != wanted);
        thread.setDaemon(true);
        thread.start();
    }

    /** Before each burst, and after the ring was emptied: the partner rests meanwhile and leaves its core to that. */
    @Setup(Level.Invocation)
    public void arm(Monitored afterThat) {
        step = Step.ARMED;
        awaitStep(Step.READY);
    }

    @TearDown(Level.Trial)
    public void stop() throws InterruptedException {
        closed = true;
        thread.join();
    }

    /** How far the partner's lane is from the benchmark thread's own. */
    int lanesAway() {
        return 1;
    }

    private void run() {
        while (!closed) {
            if (step != Step.ARMED) {
                LockSupport.parkNanos(this, REST_NANOS);
                continue;
            }
            burst.clear();
            step = Step.READY;
            awaitStep(Step.BEGUN);
            burst.begin();
            wanted.record(Requests.COUNT / 2);
            burst.end();
            step = Step.RESTING;
        }
    }

    /** Lets the partner begin. */
    void begin(Bursts bursts) {
        wanted = bursts;
        step = Step.BEGUN;
    }

    /** Waits for the partner's burst; what it cost. */
    Burst await() {
        awaitStep(Step.RESTING);
        return burst;
    }

    private void awaitStep(Step awaited) {
        while (step != awaited) {
            Thread.onSpinWait();
        }
    }

    /** A partner that is given the same lane: the worst that two threads can meet with. */
    @State(Scope.Benchmark)
    public static class OfSameLane extends Partner {
        @Override
        int lanesAway() {
            return 0;
        }
    }
}
