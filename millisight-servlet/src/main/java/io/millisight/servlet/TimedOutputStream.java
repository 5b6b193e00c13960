package io.millisight.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The container's stream; tells the response before each write, and of each write that failed. */
final class TimedOutputStream extends ServletOutputStream {

    private final ServletOutputStream stream;
    private final TimedResponse response;
    private boolean closed;
    private boolean nonBlocking;

    TimedOutputStream(ServletOutputStream stream, TimedResponse response) {
        this.stream = stream;
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        response.willWrite(1);
        boolean held = willComplete();
        try {
            stream.write(b);
            if (held) {
                response.completed();
            }
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        response.willWrite(length);
        try {
            int before = withoutLast(length);
            if (before > 0) {
                stream.write(bytes, offset, before);
            }
            boolean held = willComplete();
            stream.write(bytes, offset + before, length - before);
            if (held) {
                response.completed();
            }
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public void print(String text) throws IOException {
        response.willWrite(text == null ? 4 : text.length());
        boolean held = willComplete();
        try {
            stream.print(text);
            if (held) {
                response.completed();
            }
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    /**
     * How much of a write to let through before the request is recorded: all but a byte of one that completes an answer
     * beyond the container's buffer, as it takes as long as the client wants, and finds out whether it is still there. A
     * write that does not block is not divided: the container would refuse its second part.
     */
    private int withoutLast(int length) {
        return response.isComplete() && !response.fitsBuffer() && !nonBlocking ? length - 1 : 0;
    }

    /** Whether the next write completes an answer of which nothing has left. */
    private boolean willComplete() {
        return response.isComplete() && response.willComplete();
    }

    @Override
    public void flush() throws IOException {
        response.willFlush();
        try {
            stream.flush();
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public void close() throws IOException {
        response.stamp();
        closed = true;
        try {
            stream.close();
        } catch (IOException thrown) {
            response.writeFailed();
            throw thrown;
        }
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    /** Non-blocking writes leave when the container likes: the header must be there before the first. */
    @Override
    public void setWriteListener(WriteListener listener) {
        response.stamp();
        nonBlocking = true;
        stream.setWriteListener(listener);
    }

    /** A write after the application's own close is its bug, not the client's absence. */
    private IOException failed(IOException thrown) {
        if (!closed) {
            response.writeFailed();
        }
        return thrown;
    }
}
