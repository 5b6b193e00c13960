package io.millisight.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, as a server's adapter presents them. Used by one thread at a time, and only during
 * {@link MillisightHttp#handle}.
 *
 * <p>Access is decided on what these methods say, so an adapter must report what came over the wire: nothing decoded,
 * nothing taken from a forwarding header.
 */
public interface Exchange {

    /** The method as sent: {@code GET}. */
    String method();

    /** The path as sent, not decoded, without context path, query and fragment; begins with a slash. */
    String path();

    /** The query as sent, without its question mark; null when there is none. */
    @Nullable String query();

    /** Names of all request headers, in any case. */
    Collection<String> headerNames();

    /**
     * All values of a request header, in the order sent; empty when it was not sent.
     *
     * @param name in any case; for {@code Host} an HTTP/2 {@code :authority} counts
     */
    List<String> headers(String name);

    /**
     * The IP address at the other end of the connection, as a literal.
     *
     * @return null when it is not known, or when the server replaced it by what a header says
     */
    @Nullable String remoteAddress();

    /** Sets the response's status. Called once, before {@link #body()}. */
    void status(int status);

    /** Sets a response header. Called before {@link #body()}. */
    void responseHeader(String name, String value);

    /** How an answer that goes on can be sent to this client. */
    enum Streaming {
        /** Not at all. */
        NONE,
        /** By events on the response, without a thread of its own for each. */
        EVENT_STREAM,
        /** The request asks for a WebSocket, and the server has them. */
        WEB_SOCKET
    }

    /** How the live feed can be sent for this request. */
    default Streaming streaming() {
        return Streaming.NONE;
    }

    /**
     * Sends the live feed until either side ends; returns at once. Called at most once, in the place of {@link #body()}: as
     * events after status and headers, as a WebSocket without them.
     *
     * @throws IOException when the connection cannot be had
     */
    default void stream(LiveStream live) throws IOException {
        throw new UnsupportedOperationException("streaming() is NONE: nothing was to be streamed");
    }

    /** Where the response's body goes. Called at most once, after status and headers; the server closes it. */
    OutputStream body() throws IOException;
}
