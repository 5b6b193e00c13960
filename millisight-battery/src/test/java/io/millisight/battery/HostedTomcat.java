package io.millisight.battery;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;

/** A real Tomcat on a free port of the loopback address, with web applications by context path. */
final class HostedTomcat implements AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final Path base = Files.createTempDirectory("tomcat");

    private HostedTomcat(Map<String, Consumer<ServletContext>> applications) throws IOException, LifecycleException {
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
        tomcat.start();
    }

    /** One application at the root. */
    static HostedTomcat start(Consumer<ServletContext> application) throws IOException, LifecycleException {
        return new HostedTomcat(Map.of("", application));
    }

    /** Several, each at its context path. */
    static HostedTomcat start(Map<String, Consumer<ServletContext>> applications)
            throws IOException, LifecycleException {
        return new HostedTomcat(applications);
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    /** Its connections and threads. */
    AbstractProtocol<?> protocol() {
        return (AbstractProtocol<?>) tomcat.getConnector().getProtocolHandler();
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
