package io.millisight.benchmarks.recording;

import io.millisight.benchmarks.Scratch;
import io.millisight.journal.EndpointDictionary;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Outcome;
import io.millisight.observe.TimeSource;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What recording consists of, each alone and with nobody draining: where its time goes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
public class Pieces {

    /** A journal that forgets each burst at once. */
    @State(Scope.Benchmark)
    public static class Undrained {
        private static final long RING_BYTES = 16 << 20;

        private final Requests requests = new Requests();
        private Path directory;
        private JournalFolder folder;
        private Journal journal;
        private JournalReader reader;
        private EndpointDictionary endpoints;
        private long now;

        @Setup(Level.Trial)
        public void open() {
            directory = Scratch.folder("pieces");
            folder = JournalFolder.open(directory, RING_BYTES, 2_000);
            journal = folder.journal();
            endpoints = folder.endpoints();
            reader = folder.recover(Optional.empty(), TimeSource.SYSTEM);
        }

        @Setup(Level.Invocation)
        public void forget() {
            journal.free(reader.tails());
            now = TimeSource.SYSTEM.epochMicros() * 1_000;
        }

        @TearDown(Level.Trial)
        public void close() {
            folder.close();
            Scratch.delete(directory);
        }
    }

    @Benchmark
    public long lookUp(Undrained state, Burst burst) {
        burst.begin();
        long sum = 0;
        for (int i = 0; i < Burst.SIZE; i++) {
            sum += state.endpoints.idOf(state.requests.method(i), state.requests.route(i));
        }
        burst.end();
        return sum;
    }

    @Benchmark
    public boolean append(Undrained state, Burst burst) {
        burst.begin();
        boolean taken = true;
        for (int i = 0; i < Burst.SIZE; i++) {
            taken &= state.journal.append(
                    state.requests.endpoint(i),
                    200,
                    Outcome.COMPLETED.code(),
                    state.now,
                    state.requests.durationNanos(i),
                    null,
                    null);
        }
        burst.end();
        if (!taken) {
            throw new IllegalStateException("the ring was full");
        }
        return taken;
    }
}
