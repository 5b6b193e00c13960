package io.millisight.block;

import org.jspecify.annotations.Nullable;

/** Receives requests of a block. */
@FunctionalInterface
public interface RowVisitor {

    /**
     * Takes one request.
     *
     * @param row its place in the block, from 0
     * @param outcome the outcome's code, plus {@link RequestColumns#STREAM} for a stream
     */
    void row(
            int row,
            long completedAtMicros,
            long durationNanos,
            int endpoint,
            int status,
            int outcome,
            @Nullable String userId);
}
