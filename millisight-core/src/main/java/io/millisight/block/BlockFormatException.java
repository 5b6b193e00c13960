package io.millisight.block;

/** Bytes that are no request block, or a damaged one. */
public final class BlockFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BlockFormatException(String message) {
        super(message);
    }
}
