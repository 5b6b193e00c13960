package io.millisight.http;

import org.jspecify.annotations.Nullable;

/**
 * One client's place in the live feed. It holds no frame of its own, so that a client which takes none costs nothing. Any
 * thread; the fields are guarded by the feed's lock.
 */
public final class LiveSubscription implements AutoCloseable {

    /** As {@link #next}: the next frame is to hold everything. */
    static final long EVERYTHING = 0;

    private final LiveFeed feed;
    final LiveClient client;

    /** Number of the frame that the client is to be sent next. */
    long next;

    /** When it last took one, or had all. */
    long takenAtNanos;

    /** Has been told that there is none: it is called when there is one. */
    boolean waits;

    LiveSubscription(LiveFeed feed, LiveClient client, long next, long nowNanos) {
        this.feed = feed;
        this.client = client;
        this.next = next;
        this.takenAtNanos = nowNanos;
    }

    /**
     * The next frame to send. To be called only when the connection can take one: that is how the feed knows a client that has
     * stalled.
     *
     * @return null when there is none now: then {@link LiveClient#available} is called as soon as there is, perhaps before this
     *     returns
     */
    public @Nullable LiveFrame poll() {
        return feed.poll(this);
    }

    /** Ends it from the client's side; {@link LiveClient#ended} is not called. May be called again. */
    @Override
    public void close() {
        feed.remove(this);
    }
}
