package io.millisight.benchmarks.living;

import io.millisight.observe.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clocks, set ahead by hand: minutes pass at once. */
final class ClockAhead implements TimeSource {

    private final AtomicLong aheadNanos = new AtomicLong();

    void pass(Duration time) {
        aheadNanos.addAndGet(time.toNanos());
    }

    @Override
    public long epochMicros() {
        return SYSTEM.epochMicros() + aheadNanos.get() / 1_000;
    }

    @Override
    public long nanoTime() {
        return SYSTEM.nanoTime() + aheadNanos.get();
    }
}
