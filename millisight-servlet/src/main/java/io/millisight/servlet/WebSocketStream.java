package io.millisight.servlet;

import io.millisight.http.LiveClient;
import io.millisight.http.LiveFrame;
import io.millisight.http.LiveStream;
import io.millisight.http.LiveSubscription;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The live feed over a WebSocket: a message a frame, the next one when the container has sent the one before. What a client
 * sends is not listened to.
 *
 * <p>Used only where the container has WebSockets: nobody else may load this class. Public because containers ask for that.
 */
public final class WebSocketStream extends Endpoint implements LiveClient {

    private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

    /** A message that is not taken for so long ends the connection: the container does that by itself, without a thread. */
    private static final long SEND_TIMEOUT_MILLIS = 30_000;

    /** Nobody sends us more than a control frame. */
    private static final int MOST_RECEIVED_BYTES = 1_024;

    private final LiveStream live;

    /** As in {@link EventStream}: above 0, somebody is sending. */
    private final AtomicInteger asked = new AtomicInteger();

    private volatile @Nullable Session session;
    private volatile @Nullable LiveSubscription frames;

    private WebSocketStream(LiveStream live) {
        this.live = live;
    }

    static void start(HttpServletRequest request, HttpServletResponse response, LiveStream live) throws IOException {
        ServletContext context = request.getServletContext();
        ServerContainer container = (ServerContainer) context.getAttribute(CONTAINER);
        WebSocketStream stream = new WebSocketStream(live);
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(
                        WebSocketStream.class, request.getRequestURI())
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(stream);
                    }

                    /** The gate has judged it already, by the request itself. */
                    @Override
                    public boolean checkOrigin(String origin) {
                        return true;
                    }
                })
                .build();
        try {
            container.upgradeHttpToWebSocket(request, response, config, Map.of());
        } catch (DeploymentException e) {
            throw new IOException("no WebSocket", e);
        }
    }

    @Override
    public void onOpen(Session opened, EndpointConfig config) {
        opened.setMaxTextMessageBufferSize(MOST_RECEIVED_BYTES);
        opened.setMaxBinaryMessageBufferSize(MOST_RECEIVED_BYTES);
        opened.setMaxIdleTimeout(0);
        opened.getAsyncRemote().setSendTimeout(SEND_TIMEOUT_MILLIS);
        session = opened;
        frames = live.subscribe(this);
        send();
    }

    @Override
    public void available() {
        send();
    }

    private void send() {
        if (asked.getAndIncrement() == 0) {
            sendNext();
        }
    }

    /** Goes on when the container has sent a message, on whichever thread that tells. */
    private void sendNext() {
        LiveSubscription subscription = frames;
        Session open = session;
        if (subscription == null || open == null) {
            return;
        }
        LiveFrame frame;
        do {
            int seen = asked.get();
            frame = subscription.poll();
            if (frame == null && asked.compareAndSet(seen, 0)) {
                return;
            }
        } while (frame == null);
        try {
            open.getAsyncRemote().sendBinary(frame.message(), result -> {
                if (result.isOK()) {
                    sendNext();
                } else {
                    subscription.close();
                }
            });
        } catch (RuntimeException closed) {
            subscription.close();
        }
    }

    /** The send timeout has ended, or soon ends, the connection of a client that stalls; a server that stops ends all. */
    @Override
    public void ended() {}

    @Override
    public void onClose(Session closed, CloseReason reason) {
        leave();
    }

    @Override
    public void onError(Session broken, Throwable thrown) {
        leave();
    }

    private void leave() {
        LiveSubscription subscription = frames;
        if (subscription != null) {
            subscription.close();
        }
    }
}
