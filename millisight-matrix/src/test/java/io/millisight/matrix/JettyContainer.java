package io.millisight.matrix;

import io.millisight.Millisight;
import io.millisight.servlet.MillisightListener;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

final class JettyContainer implements Container {

    private final Server server;
    private final ServerConnector connector;
    private final ServletContextHandler context = new ServletContextHandler("/", false, false);

    JettyContainer(boolean virtualThreads) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool();
        if (virtualThreads) {
            threads.setVirtualThreadsExecutor(Containers.virtualThreads());
        }
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http);
        http2.setRateControlFactory(
                new RateControl.Factory() {}); // resets are among the shapes, and 50 a second its limit
        connector = new ServerConnector(server, new HttpConnectionFactory(http), http2);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        context.setBaseResourceAsPath(Containers.folder("jetty"));
        Containers.settings().forEach(context::setInitParameter);
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, sockets) -> sockets.addEndpoint(ShapeApplication.socket()));
        context.addServletContainerInitializer(
                (classes, servletContext) -> ShapeApplication.register(servletContext, this::millisight));
        context.addEventListener(new MillisightListener());
        context.addServlet(DefaultServlet.class, "/");
        ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
        pages.addErrorPage(409, ShapeApplication.ERROR_PAGE);
        pages.addErrorPage(ShapeApplication.FailureWithPage.class, ShapeApplication.ERROR_PAGE);
        context.setErrorHandler(pages);
        server.setHandler(context);
        server.start();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public Millisight millisight() {
        return (Millisight) context.getServletContext().getAttribute(Millisight.class.getName());
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
