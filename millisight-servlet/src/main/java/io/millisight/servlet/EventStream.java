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
import org.jspecify.annotations.Nullable;

/**
 * The live feed as server-sent events, without a thread of its own: written when the container says that it can be.
 *
 * <p>Both the container and the feed ask for writing. Whoever raises {@link #asked} from 0 writes until it is 0 again; the
 * other one has only raised it, and waits for nothing. That hand-over orders all access to the stream and to what is being sent.
 *
 * <p>A client that has stalled is not completed: what it has not taken would be flushed, by a thread of the container that
 * waits for it. It is sent nothing more, and ends when it takes what it has, or when the container gives the write up.
 */
final class EventStream implements LiveClient, WriteListener, AsyncListener {

    /**
     * How much is given to the container at once: it copies what it cannot send, and that is to fit, framed, into the 8 KiB it
     * has for each connection anyway. Tomcat would add 64 KiB for the rest.
     */
    private static final int PART_BYTES = 8_000;

    private static final byte[] NOTHING = {};

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final LiveSubscription frames;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** The feed has ended, or has given this client up. */
    private volatile boolean over;

    private byte[] event = NOTHING;
    private int sent;
    private boolean unflushed;

    /** Begins to send, on a response whose status and headers are set. */
    static void start(HttpServletRequest request, ServletResponse response, LiveStream live) throws IOException {
        response.setBufferSize(PART_BYTES); // Jetty would gather 32 KiB
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
            if (over) {
                end();
            } else if (unflushed) {
                out.flush();
                unflushed = false;
            } else if (sent < event.length) {
                int length = Math.min(PART_BYTES, event.length - sent);
                out.write(event, sent, length);
                sent += length;
                unflushed = true;
            } else if (!begin(frames.poll())) {
                return;
            }
        }
    }

    private boolean begin(@Nullable LiveFrame frame) {
        event = frame == null ? NOTHING : frame.event();
        sent = 0;
        return frame != null;
    }

    /** The client has gone, or the container has given it up. */
    @Override
    public void onError(Throwable broken) {
        end();
    }

    @Override
    public void ended() {
        over = true;
        write();
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
