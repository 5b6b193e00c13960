package io.millisight.battery;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A real Jetty on a free port of the loopback address, with WebSockets. */
final class HostedJetty implements HostedContainer {

    private final Path base = Files.createTempDirectory("jetty");
    private final QueuedThreadPool threads;
    private final Server server;
    private final ServerConnector connector;

    HostedJetty(int threads, int sendBufferBytes, Consumer<ServletContext> application) throws Exception {
        int selecting = 2; // one accepts, one selects
        this.threads = new QueuedThreadPool(threads + selecting, threads + selecting);
        this.threads.setReservedThreads(0);
        server = new Server(this.threads);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        if (sendBufferBytes > 0) {
            connector.setAcceptedSendBufferSize(sendBufferBytes);
        }
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/", false, false);
        context.setBaseResourceAsPath(base);
        context.addServletContainerInitializer((classes, servletContext) -> application.accept(servletContext));
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        server.setHandler(context);
        server.start();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public int connections() {
        return connector.getConnectedEndPoints().size();
    }

    @Override
    public int busyThreads() {
        return threads.getUtilizedThreads();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
        IO.delete(base);
    }
}
