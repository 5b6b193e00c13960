package io.millisight.servlet;

import io.millisight.observe.Outcome;
import org.jspecify.annotations.Nullable;

/** Takes finished requests: {@code Millisight::record}, or a list in a test. */
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
}
