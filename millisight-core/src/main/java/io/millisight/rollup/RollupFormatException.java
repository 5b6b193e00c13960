package io.millisight.rollup;

/** Bytes that are no rollups, or damaged ones. The cause is kept where there is one. */
public final class RollupFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RollupFormatException(String message) {
        super(message);
    }

    RollupFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
