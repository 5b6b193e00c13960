package io.millisight.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The container's stream; tells the response before each write, and of each write that failed. */
final class TimedOutputStream extends ServletOutputStream {

    private final ServletOutputStream stream;
    private final TimedResponse response;
    private boolean closed;

    TimedOutputStream(ServletOutputStream stream, TimedResponse response) {
        this.stream = stream;
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        response.willWrite(1);
        try {
            stream.write(b);
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
            stream.write(bytes, offset, length);
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public void print(String text) throws IOException {
        response.willWrite(text == null ? 4 : text.length());
        try {
            stream.print(text);
        } catch (IOException thrown) {
            throw failed(thrown);
        }
    }

    @Override
    public void flush() throws IOException {
        response.stamp();
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
