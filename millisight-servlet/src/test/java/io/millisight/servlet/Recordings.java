package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Outcome;
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
