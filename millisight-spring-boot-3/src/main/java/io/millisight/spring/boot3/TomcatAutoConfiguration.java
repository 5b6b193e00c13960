package io.millisight.spring.boot3;

import io.millisight.servlet.RequestEndsValve;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.embedded.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/** Puts the teller of requests' ends into the Tomcat that Boot 3 embeds. */
@AutoConfiguration
@ConditionalOnClass(
        name = {
            "org.apache.catalina.valves.ValveBase",
            "org.springframework.boot.web.embedded.tomcat.ConfigurableTomcatWebServerFactory"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(name = "millisight.enabled", matchIfMissing = true)
public class TomcatAutoConfiguration {

    @Bean
    RequestEndsValve millisightRequestEndsValve() {
        return new RequestEndsValve();
    }

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> millisightTomcatCustomizer(RequestEndsValve valve) {
        return factory -> factory.addEngineValves(valve);
    }
}
