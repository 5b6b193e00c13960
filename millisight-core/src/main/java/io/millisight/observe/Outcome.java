package io.millisight.observe;

/** How a request ended, beside its status. The ordinal is stored: append only. */
public enum Outcome {
    /** The response was produced, whatever its status. */
    COMPLETED,
    /** An exception left the application. */
    EXCEPTION,
    /** The client went away before the response was written. */
    CLIENT_ABORT,
    /** An asynchronous request passed its time limit. */
    TIMEOUT;

    private static final Outcome[] VALUES = values();

    /** The outcome with this ordinal; {@link #COMPLETED} for one that a newer version wrote. */
    public static Outcome ofOrdinal(int ordinal) {
        return ordinal >= 0 && ordinal < VALUES.length ? VALUES[ordinal] : COMPLETED;
    }
}
