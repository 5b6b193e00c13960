package io.millisight.observe;

/** How a request ended, beside its status. */
public enum Outcome {
    /** The response was produced, whatever its status. */
    COMPLETED(0),
    /** An exception left the application. */
    EXCEPTION(1),
    /** The client went away before the response was written. */
    CLIENT_ABORT(2),
    /** An asynchronous request passed its time limit. */
    TIMEOUT(3);

    private static final Outcome[] BY_CODE = values();

    private final int code;

    Outcome(int code) {
        this.code = code;
    }

    /** The number that journals and stores keep: never changes, 0 to 127. */
    public int code() {
        return code;
    }

    /** The outcome with this code; {@link #COMPLETED} for one that a newer version wrote. */
    public static Outcome ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : COMPLETED;
    }
}
