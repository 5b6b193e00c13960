package io.millisight.servlet;

import io.millisight.observe.ResponseTime;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A response whose connection can break. Allocates nothing itself. */
final class FakeResponse extends HttpServletResponseWrapper {

    private final Stream stream = new Stream();
    private @Nullable String time;
    private int status = SC_OK;
    private boolean broken;

    FakeResponse() {
        super(FakeRequest.nothing(HttpServletResponse.class));
    }

    /** From here on, whatever is sent fails. */
    void breakConnection() {
        broken = true;
    }

    /** The X-Response-Time, or null. */
    @Nullable String time() {
        return time;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setStatus(int status) {
        this.status = status;
    }

    @Override
    public int getBufferSize() {
        return 8192;
    }

    @Override
    public void setHeader(String name, String value) {
        if (name.equals(ResponseTime.HEADER)) {
            time = value;
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        stream.send();
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return stream;
    }

    @Override
    public PrintWriter getWriter() {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    }

    private final class Stream extends ServletOutputStream {

        void send() throws IOException {
            if (broken) {
                throw new IOException("broken pipe");
            }
        }

        @Override
        public void write(int b) throws IOException {
            send();
        }

        @Override
        public void flush() throws IOException {
            send();
        }

        @Override
        public void close() throws IOException {
            send();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}
    }
}
