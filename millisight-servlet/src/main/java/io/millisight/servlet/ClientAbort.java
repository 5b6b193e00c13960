package io.millisight.servlet;

import org.jspecify.annotations.Nullable;

/** Tells a client that went away from an application that failed. */
final class ClientAbort {

    /** A cause chain can be cyclic; nothing of interest lies deeper. */
    private static final int DEEPEST_CAUSE = 16;

    private ClientAbort() {}

    /** Whether an exception is, or was caused by, a container's word for a broken connection. */
    static boolean caused(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            // By name: each class belongs to one container or framework, and none is on our classpath.
            switch (cause.getClass().getSimpleName()) {
                case "ClientAbortException", "EofException", "AsyncRequestNotUsableException" -> {
                    return true;
                }
                default -> cause = cause.getCause();
            }
        }
        return false;
    }
}
