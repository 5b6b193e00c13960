package io.millisight.sketch;

/** Bytes that are no sketch, or a damaged one. */
public final class SketchFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SketchFormatException(String message) {
        super(message);
    }
}
