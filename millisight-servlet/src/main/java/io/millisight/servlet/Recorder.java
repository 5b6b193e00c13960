package io.millisight.servlet;

import io.millisight.Millisight;
import io.millisight.observe.Outcome;
import org.jspecify.annotations.Nullable;

/** Takes finished requests: a {@link Millisight}, or a list in a test. */
@FunctionalInterface
interface Recorder {

    void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            long startNanos,
            long endNanos,
            @Nullable String userId,
            @Nullable String path);

    /** A request ended of which a fault of ours left too little to record. */
    default void lost() {}

    /** Records with this. */
    static Recorder of(Millisight millisight) {
        return new Recorder() {
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
                millisight.record(method, route, status, outcome, stream, startNanos, endNanos, userId, path);
            }

            @Override
            public void lost() {
                millisight.countLost();
            }
        };
    }
}
