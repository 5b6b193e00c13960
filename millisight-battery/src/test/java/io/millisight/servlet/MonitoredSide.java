package io.millisight.servlet;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.battery.FaultySide;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.TimeRange;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A whole Millisight with its filters, behind an interface that a test of another class loader can call. */
public final class MonitoredSide implements FaultySide {

    /** More than any test here names. */
    private static final int ENDPOINTS = 100_000;

    private final Clock clock = new Clock();
    private final Millisight millisight;
    private final MillisightFilter filter;

    /** With SQLite and the ring in this folder; user ids are what the request header X-User says. */
    public MonitoredSide(Path folder) {
        millisight = Millisight.start(
                MillisightConfig.builder()
                        .dataDirectory(folder)
                        .maxEndpoints(ENDPOINTS)
                        .requestLogLimit(1) // on, so that paths are written into the ring
                        .slowThreshold(Duration.ofHours(1))
                        .build(),
                clock);
        filter = new MillisightFilter(millisight, request -> null, request -> request.getHeader("X-User"));
    }

    @Override
    public void register(ServletContext context) {
        FilterRegistration.Dynamic outer = context.addFilter(MillisightFilter.NAME, filter);
        outer.setAsyncSupported(true);
        outer.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        FilterRegistration.Dynamic inner = context.addFilter("capture", new UserIdCaptureFilter(filter));
        inner.setAsyncSupported(true);
        inner.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), true, "/*");
        context.addListener(filter.requestListener());
    }

    @Override
    public long filterFaults() {
        return filter.faults().count();
    }

    @Override
    public Counts counts() {
        Ledger ledger = millisight.ledger();
        return new Counts(
                ledger.seen(),
                ledger.stored(),
                ledger.pending(),
                ledger.dropped().get("journal_full"),
                ledger.dropped().get("recorder_fault"),
                ledger.dropped().get("torn"),
                ledger.dropped().get("store_away"),
                millisight
                        .report(new TimeRange(0, millisight.time().epochMicros() + 60_000_000))
                        .total()
                        .requests());
    }

    @Override
    public void advance(long nanos) {
        clock.aheadNanos.addAndGet(nanos);
    }

    @Override
    public void flush() {
        millisight.flush();
    }

    @Override
    public void close() {
        millisight.close();
    }

    /** The machine's clock, moved ahead. */
    private static final class Clock implements TimeSource {

        final AtomicLong aheadNanos = new AtomicLong();

        @Override
        public long epochMicros() {
            return SYSTEM.epochMicros() + aheadNanos.get() / 1_000;
        }

        @Override
        public long nanoTime() {
            return SYSTEM.nanoTime() + aheadNanos.get();
        }
    }
}
