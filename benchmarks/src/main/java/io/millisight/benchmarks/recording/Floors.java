package io.millisight.benchmarks.recording;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What no recording can go below: reading the clock, which every timed request does twice, and counting. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
@State(Scope.Benchmark)
public class Floors {

    private final LongAdder adder = new LongAdder();

    @Benchmark
    public long clockOnce(Burst burst) {
        burst.begin();
        long sum = 0;
        for (int i = 0; i < Burst.SIZE; i++) {
            sum += System.nanoTime();
        }
        burst.end();
        return sum;
    }

    @Benchmark
    public long clockTwice(Burst burst) {
        burst.begin();
        long sum = 0;
        for (int i = 0; i < Burst.SIZE; i++) {
            long start = System.nanoTime();
            sum += System.nanoTime() - start;
        }
        burst.end();
        return sum;
    }

    /** The same once more: how far two equal subjects lie apart. */
    @Benchmark
    public long clockTwiceAgain(Burst burst) {
        return clockTwice(burst);
    }

    @Benchmark
    public void longAdder(Burst burst) {
        burst.begin();
        for (int i = 0; i < Burst.SIZE; i++) {
            adder.increment();
        }
        burst.end();
    }
}
