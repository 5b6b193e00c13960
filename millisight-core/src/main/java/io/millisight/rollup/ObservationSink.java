package io.millisight.rollup;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Observation;

/** Takes the decoded observations. Called by the one consumer only, under its lock. */
public interface ObservationSink {

    /** Takes one observation. */
    void accept(Observation observation);

    /**
     * Ends a drain: all observations before {@code upTo} have been accepted. Called also when none came, so that time moves.
     *
     * @param upTo journal positions read so far
     * @param nowMicros wall time, in microseconds since 1970
     */
    default void drained(JournalCursor upTo, long nowMicros) {}
}
