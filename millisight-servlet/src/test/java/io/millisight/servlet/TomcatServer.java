package io.millisight.servlet;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Valve;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.websocket.server.WsSci;

final class TomcatServer implements TestServer {

    static final Kind KIND = kind();

    /** With these valves before its hosts. */
    static Kind kind(Valve... valves) {
        return new Kind() {
            @Override
            public TestServer start(Consumer<ServletContext> application) throws Exception {
                return new TomcatServer(application, false, valves);
            }

            @Override
            public TestServer startWithErrorPage(Consumer<ServletContext> application) throws Exception {
                return new TomcatServer(application, true, valves);
            }
        };
    }

    private final Tomcat tomcat = new Tomcat();
    private final Path base = Files.createTempDirectory("tomcat");

    private TomcatServer(Consumer<ServletContext> application, boolean errorPage, Valve... valves)
            throws IOException, LifecycleException {
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context context = tomcat.addContext("", base.toString());
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer((classes, servletContext) -> application.accept(servletContext), null);
        Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
                .addMapping("/");
        if (errorPage) {
            ErrorPage thrown = errorPage(0);
            thrown.setExceptionType(Throwable.class.getName());
            context.addErrorPage(thrown);
            context.addErrorPage(errorPage(404));
            context.addErrorPage(errorPage(409));
        }
        for (Valve valve : valves) {
            tomcat.getEngine().getPipeline().addValve(valve);
        }
        tomcat.getConnector();
        tomcat.start();
    }

    private static ErrorPage errorPage(int status) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(status);
        page.setLocation(ERROR_PAGE);
        return page;
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        ExpandWar.delete(base.toFile());
    }
}
