package io.millisight.benchmarks.recording;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.benchmarks.Scratch;
import io.millisight.observe.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole Millisight at its defaults: mapped journal, consumer thread, SQLite writer thread.
 *
 * <p>A loop that does nothing but record outruns any consumer; the ring then refuses, and refusing is cheaper than
 * recording. So each burst begins with an empty ring, and the ledger must say at the end that every request of every
 * burst is in the store. The consumer drains while a burst runs: see {@link Burst#SIZE}.
 */
@State(Scope.Benchmark)
public class Monitored {

    /** A system property: whether requests may be slow, so that their paths are kept. None of them is. */
    static final String KEEPS_PATHS = "bench.keeps-paths";

    private static final Duration MAY_BE_SLOW = Duration.ofMillis(1);

    private final Requests requests;
    private Path folder;
    private Millisight millisight;
    private long burstBegin;
    private long recorded;

    public Monitored() {
        this(new Requests());
    }

    /** @param requests what is recorded */
    Monitored(Requests requests) {
        this.requests = requests;
    }

    @Setup(Level.Trial)
    public void start() {
        folder = Scratch.folder("record");
        MillisightConfig.Builder config = MillisightConfig.builder().dataDirectory(folder);
        if (Boolean.getBoolean(KEEPS_PATHS)) {
            config.slowThresholds(Map.of("GET /none/of/these", MAY_BE_SLOW));
        }
        millisight = Millisight.start(config.build());
        burstBegin = System.nanoTime();
    }

    @Setup(Level.Invocation)
    public void emptyRing() {
        millisight.flush();
        burstBegin = System.nanoTime();
    }

    @TearDown(Level.Trial)
    public void stop() {
        millisight.flush();
        Ledger ledger = millisight.ledger();
        millisight.close();
        Scratch.delete(folder);
        if (ledger.stored() != recorded || ledger.seen() != recorded) {
            throw new IllegalStateException(recorded + " requests recorded, but: " + ledger);
        }
    }

    Millisight millisight() {
        return millisight;
    }

    void willRecord(int bursts) {
        recorded += (long) bursts * Burst.SIZE;
    }

    /** The requests alone: no user, no path. */
    void plain(int from) {
        for (int i = from; i < from + Burst.SIZE; i++) {
            millisight.record(
                    requests.method(i),
                    requests.route(i),
                    200,
                    Outcome.COMPLETED,
                    false,
                    burstBegin - requests.durationNanos(i),
                    burstBegin,
                    null,
                    null);
        }
    }

    void withUser(int from) {
        for (int i = from; i < from + Burst.SIZE; i++) {
            millisight.record(
                    requests.method(i),
                    requests.route(i),
                    200,
                    Outcome.COMPLETED,
                    false,
                    burstBegin - requests.durationNanos(i),
                    burstBegin,
                    requests.user(i),
                    null);
        }
    }

    /** Takes more than a millisecond: long enough for {@link #KEEPS_PATHS}. */
    void withUserAndPath(int from) {
        for (int i = from; i < from + Burst.SIZE; i++) {
            millisight.record(
                    requests.method(i),
                    requests.route(i),
                    200,
                    Outcome.COMPLETED,
                    false,
                    burstBegin - MAY_BE_SLOW.toNanos() - requests.durationNanos(i),
                    burstBegin,
                    requests.user(i),
                    requests.path(i));
        }
    }
}
