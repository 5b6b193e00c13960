package io.millisight.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One frame of the live feed, in the forms it is sent in. All clients share it. Immutable, any thread. */
public final class LiveFrame {

    private final String id;
    private final byte[] json;

    /** Made when first asked for; two threads may both do so, and come to the same. */
    private volatile byte @Nullable [] event;

    private volatile @Nullable String text;

    LiveFrame(String id, byte[] json) {
        this.id = id;
        this.json = json;
    }

    /** What a client resumes by. */
    String id() {
        return id;
    }

    byte[] json() {
        return json;
    }

    /** As a message of a WebSocket. */
    public String text() {
        String known = text;
        if (known == null) {
            known = new String(json, StandardCharsets.UTF_8);
            text = known;
        }
        return known;
    }

    /** As a server-sent event. Not to be changed. */
    public byte[] event() {
        byte[] known = event;
        if (known == null) {
            byte[] head = ("id: " + id + "\ndata: ").getBytes(StandardCharsets.UTF_8);
            known = new byte[head.length + json.length + 2];
            System.arraycopy(head, 0, known, 0, head.length);
            System.arraycopy(json, 0, known, head.length, json.length);
            known[known.length - 2] = '\n';
            known[known.length - 1] = '\n';
            event = known;
        }
        return known;
    }
}
