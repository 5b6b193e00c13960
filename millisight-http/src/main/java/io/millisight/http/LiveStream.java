package io.millisight.http;

import org.jspecify.annotations.Nullable;

/** The live feed from where a client wants it: what an adapter sends until either side ends. */
public final class LiveStream {

    private final LiveFeed feed;
    private final @Nullable String after;

    LiveStream(LiveFeed feed, @Nullable String after) {
        this.feed = feed;
        this.after = after;
    }

    /** Begins. The first {@link LiveSubscription#poll} has a frame already. Called once. */
    public LiveSubscription subscribe(LiveClient client) {
        return feed.subscribe(after, client);
    }
}
