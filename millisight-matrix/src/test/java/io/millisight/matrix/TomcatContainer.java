package io.millisight.matrix;

import io.millisight.Millisight;
import io.millisight.servlet.MillisightListener;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.websocket.server.WsSci;

final class TomcatContainer implements Container {

    private final Tomcat tomcat = new Tomcat();
    private final Context context;

    TomcatContainer(boolean virtualThreads) throws LifecycleException {
        Path base = Containers.folder("tomcat").toAbsolutePath();
        tomcat.setBaseDir(base.toString());
        tomcat.setSilent(true);
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("useVirtualThreads", String.valueOf(virtualThreads));
        connector.addUpgradeProtocol(new Http2Protocol());
        tomcat.setConnector(connector);
        context = tomcat.addContext("", base.toString());
        Containers.settings().forEach(context::addParameter);
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer(
                (classes, servletContext) -> {
                    ShapeApplication.register(servletContext, this::millisight);
                    ShapeApplication.registerSocket(servletContext);
                },
                null);
        context.addApplicationListener(MillisightListener.class.getName());
        Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
                .addMapping("/");
        ErrorPage conflict = new ErrorPage();
        conflict.setErrorCode(409);
        conflict.setLocation(ShapeApplication.ERROR_PAGE);
        context.addErrorPage(conflict);
        ErrorPage thrown = new ErrorPage();
        thrown.setExceptionType(ShapeApplication.FailureWithPage.class.getName());
        thrown.setLocation(ShapeApplication.ERROR_PAGE);
        context.addErrorPage(thrown);
        tomcat.start();
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public Millisight millisight() {
        return (Millisight) context.getServletContext().getAttribute(Millisight.class.getName());
    }

    @Override
    public void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }
}
