package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One frame of the live feed. All clients share its bytes, whatever they are sent by. Immutable, any thread. */
public final class LiveFrame {

    private final String id;
    private final byte[] event;

    /** Where the JSON begins in the event, which ends two bytes after it. */
    private final int begin;

    LiveFrame(String id, byte[] json) {
        byte[] head = ("id: " + id + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        this.id = id;
        begin = head.length;
        event = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(json, 0, event, head.length, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
    }

    /** What a client resumes by. */
    String id() {
        return id;
    }

    /** How many bytes it is kept in. */
    int bytes() {
        return event.length;
    }

    void writeJson(OutputStream out) throws IOException {
        out.write(event, begin, jsonLength());
    }

    private int jsonLength() {
        return event.length - begin - 2;
    }

    /** As a message of a WebSocket: JSON in UTF-8. Binary, for a text would be encoded, or copied, once for each client. */
    public ByteBuffer message() {
        return ByteBuffer.wrap(event, begin, jsonLength()).slice().asReadOnlyBuffer();
    }

    /** As a server-sent event. Not to be changed. */
    public byte[] event() {
        return event;
    }
}
