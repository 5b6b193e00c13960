package io.millisight.spring.reactive;

import io.millisight.Millisight;
import io.millisight.http.MillisightHttp;
import io.millisight.spring.InstanceAutoConfiguration;
import io.millisight.spring.StartLine;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.web.server.WebFilter;

/** Monitors a WebFlux application: records every request, and serves the metrics. */
@AutoConfiguration(after = InstanceAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty(name = "millisight.enabled", matchIfMissing = true)
public class ReactiveAutoConfiguration {

    @Bean
    HttpHandlerDecoratorFactory millisightObservedHandler(Millisight millisight) {
        return new ObservedHandler(millisight);
    }

    @Bean
    WebFilter millisightWebFilter() {
        return new ObservingWebFilter();
    }

    @Bean
    WebFilter millisightUserIdWebFilter() {
        return new UserIdWebFilter();
    }

    @Bean
    MillisightHandlerMapping millisightHandlerMapping(MillisightHttp http) {
        return new MillisightHandlerMapping(http);
    }

    @Bean
    TakenPaths millisightTakenPaths(MillisightHttp http) {
        return new TakenPaths(http);
    }

    @Bean
    StartLine millisightStartLine(MillisightHttp http, Environment environment) {
        return new StartLine(http, environment, "spring.webflux.base-path");
    }
}
