package io.millisight.battery;

import jakarta.servlet.ServletContext;

/** What a test asks of the Millisight that {@link FaultyClasses} loaded: its classes are not the test's. */
public interface FaultySide extends AutoCloseable {

    /** Puts the filters and the listener into an application. */
    void register(ServletContext context);

    /** Faults that the filter has counted. */
    long filterFaults();

    /** What became of all requests. */
    Counts counts();

    /** Lets this much time pass, for whoever asks the clock. */
    void advance(long nanos);

    /** Stores everything. */
    void flush();

    @Override
    void close();

    /** The ledger, and how many requests the store says it holds. */
    record Counts(
            long seen,
            long stored,
            long pending,
            long journalFull,
            long recorderFaults,
            long torn,
            long storeAway,
            long inStore) {}
}
