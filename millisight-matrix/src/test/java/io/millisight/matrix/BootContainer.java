package io.millisight.matrix;

import io.millisight.Millisight;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.context.WebApplicationContext;

/** Spring Boot with the starter: the one source runs on both Boots. */
final class BootContainer implements Container {

    private final WebApplicationContext context;

    BootContainer(boolean virtualThreads) {
        Map<String, Object> properties = new LinkedHashMap<>(Containers.settings());
        properties.put("server.port", 0);
        properties.put("server.address", "127.0.0.1");
        properties.put("server.http2.enabled", true);
        properties.put("spring.threads.virtual.enabled", virtualThreads);
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.mvc.async.request-timeout", "200ms");
        properties.put("spring.web.resources.static-locations", "classpath:/files/");
        SpringApplication application = new SpringApplication(Application.class);
        application.setDefaultProperties(properties);
        context = (WebApplicationContext) application.run();
        ShapeApplication.registerSocket(context.getServletContext());
    }

    @Override
    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @Override
    public Millisight millisight() {
        return context.getBean(Millisight.class);
    }

    @Override
    public void stop() {
        ((org.springframework.context.ConfigurableApplicationContext) context).close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MvcApplication.class)
    static class Application {

        /** The servlets of the plain containers, beside Spring's. */
        @Bean
        ServletContextInitializer shapes(org.springframework.beans.factory.ObjectProvider<Millisight> millisight) {
            return context -> ShapeApplication.register(context, millisight::getObject);
        }
    }
}
