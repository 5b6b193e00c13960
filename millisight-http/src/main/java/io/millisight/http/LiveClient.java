package io.millisight.http;

/** Who is sent the live feed: what an adapter wants to hear. Called by the feed's own thread, and must not wait. */
public interface LiveClient {

    /** {@link LiveSubscription#poll} has a frame again, after it had none. */
    void available();

    /**
     * The feed has ended, or has given this client up because it took nothing for 30 s: the connection is to be closed, and
     * nobody to wait for what it has not taken. Also called by {@link LiveSubscription#poll}, and perhaps more than once.
     */
    void ended();
}
