package io.millisight.live;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Observation;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.ObservationSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known from memory: counts since the start or the last reset, and a sliding window of slices. Every method is
 * called under the consumer's lock.
 *
 * <p>The window moves by whole slices of <em>monotonic</em> time, so that a jump of the wall clock neither clears nor
 * freezes it. An observation belongs to the slice that is open when the consumer takes it. The window is the open slice
 * and those closed before it, together never longer than asked for.
 *
 * <p>The clock is read once a drain and not once an observation: what comes between two calls of {@link #drained} belongs
 * to one slice.
 */
public final class LiveView implements ObservationSink {

    /** How many of its slowest requests an endpoint keeps in a slice. */
    public static final int SAMPLES = 3;

    private final TimeSource time;
    private final long windowNanos;
    private final long sliceNanos;
    private final SlowRequests slow;
    private final SliceListener listener;

    private final OpenSlice open = new OpenSlice();
    private final Deque<ClosedSlice> closed = new ArrayDeque<>();

    private @Nullable WindowSum closedSum;
    private long openStartNanos;
    private long openStartMicros;
    private boolean hasRead;

    private long sinceNanos;
    private long sinceMicros;
    private long totalRequests;
    private long totalServerErrors;

    /**
     * Begins now.
     *
     * @param window how much of the past is covered at most, a multiple of {@code slice}
     * @param slice the step in which the window moves
     * @param slow the slow requests, for the summary; a sink of its own, reset by itself
     * @param listener is told of every closed slice
     */
    public LiveView(TimeSource time, Duration window, Duration slice, SlowRequests slow, SliceListener listener) {
        this.time = time;
        this.windowNanos = window.toNanos();
        this.sliceNanos = slice.toNanos();
        this.slow = slow;
        this.listener = listener;
        begin(time.nanoTime());
    }

    @Override
    public void accept(Observation observation) {
        if (!hasRead) {
            hasRead = true;
            moveTo(time.nanoTime());
        }
        open.add(observation);
        totalRequests++;
        if (observation.isServerError()) {
            totalServerErrors++;
        }
    }

    @Override
    public void drained(JournalCursor upTo, long nowMicros) {
        moveTo(time.nanoTime());
        hasRead = false;
    }

    /**
     * Everything as it is now.
     *
     * @param nowMicros wall time, in microseconds since 1970
     */
    public LiveSummary summary(long nowMicros) {
        long nowNanos = time.nanoTime();
        moveTo(nowNanos);
        WindowSum sum = new WindowSum(closedSum());
        open.addTo(sum);
        long windowStartNanos = openStartNanos - (windowNanos - sliceNanos);
        long coveredNanos = Math.min(nowNanos - windowStartNanos, nowNanos - sinceNanos);
        return new LiveSummary(
                sinceMicros,
                nowMicros,
                totalRequests,
                totalServerErrors,
                slow.count(),
                coveredNanos / 1_000,
                sum.service(),
                slices(nowNanos),
                sum.endpoints(),
                slow.latest());
    }

    /** The same until the window moves: who asks every second need not add up every slice again. */
    private WindowSum closedSum() {
        WindowSum known = closedSum;
        if (known != null) {
            return known;
        }
        WindowSum sum = new WindowSum();
        for (ClosedSlice slice : closed) {
            for (ClosedSlice.OfEndpoint part : slice.endpoints()) {
                sum.add(part.endpoint(), part.rollup());
            }
        }
        closedSum = sum;
        return sum;
    }

    private List<LiveSummary.Slice> slices(long nowNanos) {
        List<LiveSummary.Slice> slices = new ArrayList<>(closed.size() + 1);
        for (ClosedSlice slice : closed) {
            slices.add(new LiveSummary.Slice(slice.startMicros(), sliceNanos / 1_000, slice.service()));
        }
        if (!open.isEmpty()) {
            slices.add(new LiveSummary.Slice(openStartMicros, (nowNanos - openStartNanos) / 1_000, open.service()));
        }
        return slices;
    }

    /** Counts and window begin anew, now. */
    public void reset() {
        open.clear();
        closed.clear();
        closedSum = null;
        totalRequests = 0;
        totalServerErrors = 0;
        begin(time.nanoTime());
    }

    private void begin(long nowNanos) {
        openStartNanos = nowNanos;
        sinceNanos = nowNanos;
        sinceMicros = time.epochMicros();
        openStartMicros = sinceMicros;
    }

    /** Closes the open slice when it has ended, and lets go of those that left the window. */
    private void moveTo(long nowNanos) {
        long slices = (nowNanos - openStartNanos) / sliceNanos;
        if (slices < 1) {
            return;
        }
        long nowMicros = time.epochMicros();
        closedSum = null;
        if (!open.isEmpty()) {
            ClosedSlice slice = open.close(openStartNanos, openStartNanos + sliceNanos, openStartMicros, nowMicros);
            closed.addLast(slice.withoutSamples());
            listener.closed(slice);
        } else {
            open.clear();
        }
        openStartNanos += slices * sliceNanos;
        openStartMicros = nowMicros - (nowNanos - openStartNanos) / 1_000;
        while (!closed.isEmpty() && openStartNanos - closed.getFirst().startNanos() >= windowNanos) {
            closed.removeFirst();
        }
    }

    /** How many slices and open rollups hold memory. */
    int held() {
        return closed.size() + open.size();
    }
}
