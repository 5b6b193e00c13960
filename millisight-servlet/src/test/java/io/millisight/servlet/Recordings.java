package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.InFlight;
import io.millisight.observe.Observer;
import io.millisight.observe.Outcome;
import io.millisight.observe.Recorder;
import io.millisight.observe.TimeSource;
import io.millisight.observe.UserIdPolicy;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes what a filter records, and hands it out in order. */
final class Recordings implements Recorder {

    record Recorded(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long nanos,
            @Nullable String userId,
            @Nullable String path) {}

    private final BlockingQueue<Recorded> recorded = new LinkedBlockingQueue<>();

    @Override
    public void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long startNanos,
            long endNanos,
            @Nullable String userId,
            @Nullable String path) {
        recorded.add(new Recorded(method, route, status, outcome, stream, endNanos - startNanos, userId, path));
    }

    /** What is lost is no recording. */
    @Override
    public void countLost() {}

    /** Observes for this, every request and nothing but what is always observed. */
    Observer observer() {
        return observer(this);
    }

    /** The same for another recorder. */
    static Observer observer(Recorder recorder) {
        return new Observer(recorder, TimeSource.SYSTEM, new InFlight(), List.of(), UserIdPolicy.STORE, false);
    }

    /** The next one; a container may end a request after its client has the answer. */
    Recorded next() throws InterruptedException {
        Recorded next = recorded.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("a recorded request").isNotNull();
        return next;
    }

    int waiting() {
        return recorded.size();
    }
}
