package io.millisight.store;

/** The store could not do its work. The message says what to look at; the cause is kept. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean passing;

    public StoreException(String message) {
        super(message);
        this.passing = false;
    }

    public StoreException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private StoreException(String message, Throwable cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    /** A failure that may pass without a restart: another process holds the store, the disk is full, the server is down. */
    public static StoreException passing(String message, Throwable cause) {
        return new StoreException(message, cause, true);
    }

    /** Whether trying again later makes sense. */
    public boolean isPassing() {
        return passing;
    }
}
