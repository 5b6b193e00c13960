package io.millisight.health;

import java.time.Duration;

/** Asks something how it is. Called from a thread of the monitor's own, never twice at once. */
@FunctionalInterface
public interface HealthProbe {

    /**
     * Asks once.
     *
     * @param timeout how long the monitor waits; then it interrupts this thread and takes the answer for {@code down}. What
     *     cannot be interrupted, such as reading from a socket, is to be bounded by it
     * @throws Exception for {@code down}, with the exception's message
     */
    HealthResult check(Duration timeout) throws Exception;
}
