package io.millisight.matrix;

import io.millisight.Millisight;
import io.millisight.servlet.MillisightListener;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.util.Set;

final class UndertowContainer implements Container {

    private final DeploymentManager deployment;
    private final Undertow server;

    UndertowContainer(boolean virtualThreads) throws Exception {
        ServletContainerInitializer application =
                (classes, context) -> ShapeApplication.register(context, this::millisight);
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(UndertowContainer.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("matrix")
                .addServletContextAttribute(
                        WebSocketDeploymentInfo.ATTRIBUTE_NAME,
                        new WebSocketDeploymentInfo().addEndpoint(ShapeApplication.socket()))
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        application.getClass(), new ImmediateInstanceFactory<>(application), Set.of()))
                .addListener(Servlets.listener(MillisightListener.class))
                .addErrorPage(new ErrorPage(ShapeApplication.ERROR_PAGE, 409))
                .addErrorPage(new ErrorPage(ShapeApplication.ERROR_PAGE, ShapeApplication.FailureWithPage.class));
        Containers.settings().forEach(info::addInitParameter);
        if (virtualThreads) {
            info.setExecutor(Containers.virtualThreads());
        }
        deployment = Servlets.defaultContainer().addDeployment(info);
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setHandler(deployment.start())
                .build();
        server.start();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public Millisight millisight() {
        return (Millisight) deployment.getDeployment().getServletContext().getAttribute(Millisight.class.getName());
    }

    @Override
    public void stop() throws Exception {
        server.stop();
        deployment.stop();
        deployment.undeploy();
    }
}
