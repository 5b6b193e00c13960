package io.millisight.spring.reactive;

import org.springframework.util.ClassUtils;
import reactor.netty.http.server.HttpServerResponse;

/** Asks Reactor Netty, where it is the server, whether a connection has become a WebSocket: its response keeps saying 200. */
final class NettyUpgrade {

    private static final boolean PRESENT =
            ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse", NettyUpgrade.class.getClassLoader());

    private NettyUpgrade() {}

    /** False where the server is another. */
    static boolean happened(Object nativeResponse) {
        return PRESENT && Netty.isWebSocket(nativeResponse);
    }

    /** Loaded only where its types are. */
    private static final class Netty {

        static boolean isWebSocket(Object nativeResponse) {
            return nativeResponse instanceof HttpServerResponse response && response.isWebsocket();
        }
    }
}
