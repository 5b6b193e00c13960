package io.millisight.servlet;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;

final class JettyServer implements TestServer {

    static final Kind KIND = new Kind() {
        @Override
        public TestServer start(Consumer<ServletContext> application) throws Exception {
            return new JettyServer(application, false);
        }

        @Override
        public TestServer startWithErrorPage(Consumer<ServletContext> application) throws Exception {
            return new JettyServer(application, true);
        }
    };

    private final Server server = new Server(0);
    private final Path base = Files.createTempDirectory("jetty");

    private JettyServer(Consumer<ServletContext> application, boolean errorPage) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/", false, false);
        context.setBaseResourceAsPath(base);
        context.addServletContainerInitializer((classes, servletContext) -> application.accept(servletContext));
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        context.addServlet(DefaultServlet.class, "/");
        if (errorPage) {
            ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
            pages.addErrorPage(Throwable.class, ERROR_PAGE);
            pages.addErrorPage(404, ERROR_PAGE);
            pages.addErrorPage(409, ERROR_PAGE);
            context.setErrorHandler(pages);
        }
        server.setHandler(context);
        server.start();
    }

    @Override
    public int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
        IO.delete(base);
    }
}
