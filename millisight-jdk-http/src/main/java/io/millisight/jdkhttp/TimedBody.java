package io.millisight.jdkhttp;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** The server's stream; tells the observation before the write, or the close, that completes the answer. */
final class TimedBody extends FilterOutputStream {

    private final TimedExchange exchange;
    private long written;

    TimedBody(OutputStream out, TimedExchange exchange) {
        super(out);
        this.exchange = exchange;
    }

    private void willWrite(int bytes) {
        written += bytes;
        if (exchange.isComplete(written)) {
            exchange.pending().completing();
        }
    }

    @Override
    public void write(int b) throws IOException {
        willWrite(1);
        try {
            out.write(b);
        } catch (IOException gone) {
            throw aborted(gone);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        willWrite(length);
        try {
            out.write(bytes, offset, length);
        } catch (IOException gone) {
            throw aborted(gone);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException gone) {
            throw aborted(gone);
        }
    }

    /** Ends a body of no announced length; one that is too short is not whole by that. */
    @Override
    public void close() throws IOException {
        if (exchange.isOpenEnded()) {
            exchange.pending().completing();
        }
        out.close();
    }

    private IOException aborted(IOException gone) {
        exchange.pending().aborted();
        return gone;
    }
}
