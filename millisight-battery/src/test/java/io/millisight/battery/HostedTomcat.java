package io.millisight.battery;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.apache.tomcat.websocket.server.WsSci;

/** A real Tomcat on a free port of the loopback address, with web applications by context path. */
final class HostedTomcat implements HostedContainer, AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final Path base = Files.createTempDirectory("tomcat");

    private HostedTomcat(Map<String, String> settings, Map<String, Consumer<ServletContext>> applications)
            throws IOException, LifecycleException {
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        applications.forEach((path, application) -> {
            Context context = tomcat.addContext(path, base.toString());
            context.addServletContainerInitializer(
                    (classes, servletContext) -> application.accept(servletContext), null);
        });
        Connector connector = tomcat.getConnector();
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        settings.forEach(connector::setProperty);
        tomcat.start();
    }

    /** One application at the root. */
    static HostedTomcat start(Consumer<ServletContext> application) throws IOException, LifecycleException {
        return new HostedTomcat(Map.of(), Map.of("", application));
    }

    /** One application at the root, with WebSockets, as {@link HostedContainer.Kind#start} says. */
    static HostedTomcat start(int threads, int sendBufferBytes, Consumer<ServletContext> application)
            throws IOException, LifecycleException {
        Map<String, String> settings = new HashMap<>(Map.of("maxThreads", String.valueOf(threads)));
        if (sendBufferBytes > 0) {
            settings.put("socket.txBufSize", String.valueOf(sendBufferBytes));
        }
        return new HostedTomcat(settings, Map.of("", context -> {
            try {
                new WsSci().onStartup(Set.of(), context);
            } catch (ServletException e) {
                throw new IllegalStateException(e);
            }
            application.accept(context);
        }));
    }

    /** Several, each at its context path. */
    static HostedTomcat start(Map<String, Consumer<ServletContext>> applications)
            throws IOException, LifecycleException {
        return new HostedTomcat(Map.of(), applications);
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public int connections() {
        return (int) protocol().getConnectionCount();
    }

    @Override
    public int busyThreads() {
        return ((ThreadPoolExecutor) protocol().getExecutor()).getActiveCount();
    }

    private AbstractProtocol<?> protocol() {
        return (AbstractProtocol<?>) tomcat.getConnector().getProtocolHandler();
    }

    @Override
    public void stop() throws LifecycleException {
        close();
    }

    @Override
    public void close() throws LifecycleException {
        if (tomcat.getServer().getState().isAvailable()) { // not closed before
            tomcat.stop();
            tomcat.destroy();
            ExpandWar.delete(base.toFile());
        }
    }
}
