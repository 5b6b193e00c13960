package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live feed, as a stream of events, a WebSocket, or by asking again and again. */
final class StreamRoutes {

    private static final Parameter<String> AFTER = Parameter.text("after", 64);

    private final LiveFeed feed;

    StreamRoutes(LiveFeed feed) {
        this.feed = feed;
    }

    List<Route> routes() {
        return List.of(new Route(
                "GET",
                "/metrics/stream",
                List.of(AFTER),
                List.of(MediaType.JSON, MediaType.EVENT_STREAM),
                (parameters, type) -> new Answer.Live(feed, parameters.get(AFTER))));
    }

    /** Those frames that a client does not have, as one object. */
    static void write(OutputStream out, List<LiveFrame> frames, @Nullable String after) throws IOException {
        String next = frames.isEmpty() ? after : frames.get(frames.size() - 1).id();
        out.write("{\"frames\":[".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < frames.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            frames.get(i).writeJson(out);
        }
        // A client's own word comes back only where the feed has found it to be an id of its own.
        out.write(("],\"next\":\"" + next + "\"}").getBytes(StandardCharsets.US_ASCII));
    }
}
