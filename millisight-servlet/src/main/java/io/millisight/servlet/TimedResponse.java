package io.millisight.servlet;

import io.millisight.observe.Outcome;
import io.millisight.observe.ResponseTime;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response as the application sees it: puts {@code X-Response-Time} on it at the moment of commit.
 *
 * <p>A container commits on a flush, a close, an error, a redirect, when the announced content length is reached, and
 * when a write does not fit its buffer. So the header is set before each of these, again and again until it is committed: setting a
 * header replaces it. Containers write before the buffer is full if a write is large (Jetty from a quarter of the
 * buffer on), hence the generous share in {@link #willWrite}.
 *
 * <p>No lock and no thread of its own: as thread-safe as the response beneath it, that is, for one thread at a time.
 */
final class TimedResponse extends HttpServletResponseWrapper {

    private static final int BUFFER_SHARE = 8;
    private static final String EVENT_STREAM = "text/event-stream";

    private final MillisightFilter filter;
    private final PendingObservation pending;
    private final long startNanos;
    private long stampedNanos;
    private @Nullable String serverTiming;
    private long written;
    private long contentLength = -1;
    private boolean flushed;
    private boolean errorSent;
    private boolean eventStream;
    private boolean aborted;
    private boolean unwatched;
    private @Nullable TimedOutputStream stream;
    private @Nullable TimedWriter writer;

    TimedResponse(MillisightFilter filter, PendingObservation pending, HttpServletResponse response, long startNanos) {
        super(response);
        this.filter = filter;
        this.pending = pending;
        this.startNanos = startNanos;
    }

    /** Sets the header unless it is too late. Called before whatever may commit; never throws. */
    void stamp() {
        try {
            HttpServletResponse response = bare();
            if (!response.isCommitted()) {
                long now = filter.observer().nanoTime();
                stampedNanos = now;
                String elapsed = ResponseTime.format(now - startNanos);
                response.setHeader(ResponseTime.HEADER, elapsed);
                if (filter.observer().showsServerTiming()) {
                    stampServerTiming(response, ResponseTime.serverTiming(elapsed));
                }
            }
        } catch (Throwable fault) {
            filter.faults().count(ResponseTime.HEADER, fault);
        }
    }

    /** Ours in the place of our earlier one, beside those of the application. */
    private void stampServerTiming(HttpServletResponse response, String own) {
        List<String> others = new ArrayList<>(response.getHeaders(ResponseTime.SERVER_TIMING));
        others.remove(serverTiming);
        response.setHeader(ResponseTime.SERVER_TIMING, own);
        others.forEach(other -> response.addHeader(ResponseTime.SERVER_TIMING, other));
        serverTiming = own;
    }

    /** So many bytes are about to be written. Never throws. */
    void willWrite(long bytes) {
        written += bytes;
        if ((contentLength >= 0 && written >= contentLength) || written >= bufferShare()) {
            stamp();
        }
    }

    /** Whether all announced bytes are written, with those last told of; never through a writer, which counts generously. */
    boolean isComplete() {
        return contentLength > 0 && written >= contentLength && writer == null;
    }

    /** Whether the container keeps the whole body until it is complete. */
    boolean fitsBuffer() {
        return contentLength < bufferSize();
    }

    /**
     * The next write completes the answer. From Servlet 6.1 on containers then send it off at once, and some did before; with
     * others it may still be taken back, unless it is committed: which kind this is has been learned from earlier answers.
     * Never throws.
     *
     * @return whether nothing of the answer has left yet
     */
    boolean willComplete() {
        try {
            boolean committed = bare().isCommitted();
            if (committed || filter.sendsCompleteAnswers()) {
                pending.answering();
            }
            return !committed;
        } catch (Throwable fault) {
            filter.faults().count("complete answer", fault);
            return false;
        }
    }

    /** A write that made the answer complete is done, and nothing of the answer had left before. Never throws. */
    void completed() {
        try {
            if (fitsBuffer() && bare().isCommitted()) {
                filter.learnsThatCompleteAnswersAreSent();
            }
        } catch (Throwable fault) {
            filter.faults().count("complete answer", fault);
        }
    }

    /** Whatever is written leaves now. */
    void willFlush() {
        flushed = true;
        stamp();
        if (isComplete()) {
            pending.answering();
        }
    }

    /**
     * Whether a part of the answer is gone, and the status with it. "Committed" alone says less: to Tomcat's applications also an
     * error, a redirect and a complete body are, which it may still take back.
     */
    boolean hasLeft() {
        try {
            return (flushed || written > bufferSize()) && bare().isCommitted();
        } catch (Throwable fault) {
            filter.faults().count("isCommitted", fault);
            return false;
        }
    }

    private int bufferShare() {
        return bufferSize() / BUFFER_SHARE;
    }

    /** 0 when it cannot be told: every write may then be the one that commits. */
    private int bufferSize() {
        try {
            return getBufferSize();
        } catch (Throwable fault) {
            filter.faults().count("buffer size", fault);
            return 0;
        }
    }

    /** A write failed: the client is gone. */
    void writeFailed() {
        aborted = true;
    }

    boolean aborted() {
        return aborted;
    }

    boolean errorSent() {
        return errorSent;
    }

    /** When the header was last set, that is, when the response was committed; 0 for never. */
    long stampedNanos() {
        return stampedNanos;
    }

    /** Server-sent events, or a connection that became something else: no latency to speak of. */
    boolean isStream() {
        return eventStream || bare().getStatus() == SC_SWITCHING_PROTOCOLS;
    }

    /** The status that goes over the wire. A container turns an exception into its 500 later than some of us look. */
    int status(Outcome outcome) {
        HttpServletResponse response = bare();
        int status = response.getStatus();
        boolean unset = outcome == Outcome.EXCEPTION && status == SC_OK && !response.isCommitted();
        return unset ? SC_INTERNAL_SERVER_ERROR : status;
    }

    private HttpServletResponse bare() {
        return (HttpServletResponse) getResponse();
    }

    @Override
    public void flushBuffer() throws IOException {
        willFlush();
        try {
            super.flushBuffer();
        } catch (IOException gone) {
            writeFailed();
            throw gone;
        }
    }

    @Override
    public void sendError(int status) throws IOException {
        stamp();
        errorSent = true;
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        stamp();
        errorSent = true;
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        stamp();
        super.sendRedirect(location);
    }

    // The three of Servlet 6.1. On 6.0 nothing calls them, so that their super methods need not exist.

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        stamp();
        super.sendRedirect(location, status);
    }

    @Override
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        stamp();
        super.sendRedirect(location, clearBuffer);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        stamp();
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        TimedOutputStream timed = stream;
        return timed != null ? timed : watched(super.getOutputStream());
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        TimedWriter timed = writer;
        return timed != null ? timed : watched(super.getWriter());
    }

    private ServletOutputStream watched(ServletOutputStream bare) {
        if (unwatched) {
            return bare;
        }
        try {
            TimedOutputStream timed = new TimedOutputStream(bare, this);
            stream = timed;
            return timed;
        } catch (Throwable fault) {
            return unwatched("getOutputStream", bare, fault);
        }
    }

    private PrintWriter watched(PrintWriter bare) {
        if (unwatched) {
            return bare;
        }
        try {
            TimedWriter timed = new TimedWriter(bare, this);
            writer = timed;
            return timed;
        } catch (Throwable fault) {
            return unwatched("getWriter", bare, fault);
        }
    }

    /** From here on the application has the container's own, always the same one: it may compare them. */
    private <T> T unwatched(String where, T bare, Throwable fault) {
        filter.faults().count(where, fault);
        unwatched = true;
        stamp(); // nothing else will
        return bare;
    }

    @Override
    public void reset() {
        super.reset();
        written = 0;
        contentLength = -1;
        eventStream = false;
        // A container may hand out the other kind after a reset.
        stream = null;
        writer = null;
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        written = 0;
    }

    @Override
    public void setContentLength(int length) {
        willSetContentLength(length);
        super.setContentLength(length);
    }

    @Override
    public void setContentLengthLong(long length) {
        willSetContentLength(length);
        super.setContentLengthLong(length);
    }

    @Override
    public void setContentType(String type) {
        willSetContentType(type);
        super.setContentType(type);
    }

    @Override
    public void setHeader(String name, String value) {
        willSetHeader(name, value);
        super.setHeader(name, value);
    }

    @Override
    public void addHeader(String name, String value) {
        willSetHeader(name, value);
        super.addHeader(name, value);
    }

    @Override
    public void setIntHeader(String name, int value) {
        willSetIntHeader(name, value);
        super.setIntHeader(name, value);
    }

    @Override
    public void addIntHeader(String name, int value) {
        willSetIntHeader(name, value);
        super.addIntHeader(name, value);
    }

    private void willSetHeader(@Nullable String name, @Nullable String value) {
        try {
            if ("Content-Type".equalsIgnoreCase(name)) {
                willSetContentType(value);
            } else if ("Content-Length".equalsIgnoreCase(name) && value != null) {
                willSetContentLength(Long.parseLong(value));
            }
        } catch (NumberFormatException notALength) {
            contentLength = -1; // the container's to judge
        } catch (Throwable fault) {
            filter.faults().count("setHeader", fault);
        }
    }

    private void willSetIntHeader(@Nullable String name, int value) {
        try {
            if ("Content-Length".equalsIgnoreCase(name)) {
                willSetContentLength(value);
            }
        } catch (Throwable fault) {
            filter.faults().count("setIntHeader", fault);
        }
    }

    private void willSetContentType(@Nullable String type) {
        try {
            eventStream = type != null && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
        } catch (Throwable fault) {
            filter.faults().count("setContentType", fault);
        }
    }

    private void willSetContentLength(long length) {
        contentLength = length;
        if (length >= 0 && written >= length) {
            stamp();
        }
    }
}
