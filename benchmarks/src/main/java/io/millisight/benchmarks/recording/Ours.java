package io.millisight.benchmarks.recording;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** {@code Millisight.record} on one thread, on two and on eight, in bursts that the ring holds: see {@link Monitored}. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
public class Ours {

    private static final String KEEPS_PATHS = "-D" + Monitored.KEEPS_PATHS + "=true";

    @Benchmark
    public void plain(Monitored monitored, Burst burst) {
        monitored.willRecord(1);
        burst.begin();
        monitored.plain(0);
        burst.end();
    }

    @Benchmark
    public void withUser(Monitored monitored, Burst burst) {
        monitored.willRecord(1);
        burst.begin();
        monitored.withUser(0);
        burst.end();
    }

    @Benchmark
    @Fork(jvmArgsAppend = KEEPS_PATHS)
    public void withUserAndPath(Monitored monitored, Burst burst) {
        monitored.willRecord(1);
        burst.begin();
        monitored.withUserAndPath(0);
        burst.end();
    }

    @Benchmark
    public void plainPair(Monitored monitored, Partner partner, Burst burst) {
        pair(burst, monitored, partner, monitored::plain);
    }

    @Benchmark
    public void plainPairOfSameLane(Monitored monitored, Partner.OfSameLane partner, Burst burst) {
        pair(burst, monitored, partner, monitored::plain);
    }

    @Benchmark
    public void plainCrowd(Monitored monitored, Crowd crowd, Burst burst) {
        monitored.willRecord(Crowd.THREADS);
        crowd.record(monitored::plain, burst);
    }

    @Benchmark
    public void withUserPair(Monitored monitored, Partner partner, Burst burst) {
        pair(burst, monitored, partner, monitored::withUser);
    }

    @Benchmark
    @Fork(jvmArgsAppend = KEEPS_PATHS)
    public void withUserAndPathPair(Monitored monitored, Partner partner, Burst burst) {
        pair(burst, monitored, partner, monitored::withUserAndPath);
    }

    private static void pair(Burst burst, Monitored monitored, Partner partner, Partner.Bursts bursts) {
        monitored.willRecord(2);
        partner.begin(bursts);
        burst.begin();
        bursts.record(0);
        burst.end();
        burst.add(partner.await());
    }
}
