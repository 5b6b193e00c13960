package io.millisight.journal;

import java.io.IOException;

/** The file is not a journal, or its header is damaged beyond use. */
final class RingFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    RingFormatException(String message) {
        super(message);
    }
}
