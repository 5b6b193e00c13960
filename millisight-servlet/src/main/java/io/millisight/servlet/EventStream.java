package io.millisight.servlet;

import io.millisight.http.LiveClient;
import io.millisight.http.LiveFrame;
import io.millisight.http.LiveStream;
import io.millisight.http.LiveSubscription;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The live feed as server-sent events, without a thread of its own: written when the container says that it can be.
 *
 * <p>Both the container and the feed ask for writing. Whoever raises {@link #asked} from 0 writes until it is 0 again; the
 * other one has only raised it, and waits for nothing. That hand-over orders all access to the stream and to {@link #unflushed}.
 */
final class EventStream implements LiveClient, WriteListener, AsyncListener {

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final LiveSubscription frames;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean unflushed;

    /** Begins to send, on a response whose status and headers are set. */
    static void start(HttpServletRequest request, ServletResponse response, LiveStream live) throws IOException {
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        EventStream stream = new EventStream(context, response.getOutputStream(), live);
        context.addListener(stream);
        stream.out.setWriteListener(stream);
    }

    private EventStream(AsyncContext context, ServletOutputStream out, LiveStream live) {
        this.context = context;
        this.out = out;
        this.frames = live.subscribe(this);
    }

    @Override
    public void available() {
        write();
    }

    @Override
    public void onWritePossible() {
        write();
    }

    private void write() {
        if (asked.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                writeWhilePossible();
            } catch (IOException | RuntimeException gone) {
                end();
            }
            seen = asked.addAndGet(-seen);
        } while (seen > 0);
    }

    private void writeWhilePossible() throws IOException {
        while (!ended.get() && out.isReady()) {
            if (unflushed) {
                out.flush();
                unflushed = false;
                continue;
            }
            LiveFrame frame = frames.poll();
            if (frame == null) {
                return;
            }
            out.write(frame.event());
            unflushed = true;
        }
    }

    /** The client has gone, or the container has given it up. */
    @Override
    public void onError(Throwable broken) {
        end();
    }

    @Override
    public void ended() {
        end();
    }

    private void end() {
        frames.close();
        if (ended.compareAndSet(false, true)) {
            try {
                context.complete();
            } catch (IllegalStateException over) {
                // the container has ended it meanwhile
            }
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        ended.set(true);
        frames.close();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
