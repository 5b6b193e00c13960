package io.millisight.http;

/**
 * The host application's own security: lets it admit readers whom the gate would turn away, say its administrators.
 * Never admits a write. Called from many threads.
 */
@FunctionalInterface
public interface AccessRule {

    /** Admits nobody. */
    AccessRule NONE = exchange -> false;

    /** Whether whoever sent this may read. */
    boolean admits(Exchange exchange);
}
