package io.millisight.spring;

import io.millisight.Millisight;
import io.millisight.http.MillisightHttp;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.RequestEndsTeller;
import io.millisight.servlet.RouteResolver;
import io.millisight.servlet.UserIdCaptureFilter;
import io.millisight.servlet.UserIdResolver;
import jakarta.servlet.Filter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Monitors a servlet web application: records every request, and serves the metrics. Beans of the application of the
 * types {@link UserIdResolver} or {@link RouteResolver} take the place of ours.
 */
@AutoConfiguration(after = InstanceAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(name = "millisight.enabled", matchIfMissing = true)
public class MillisightAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RouteResolver millisightRouteResolver() {
        return new SpringRoute();
    }

    @Bean
    @ConditionalOnMissingBean
    UserIdResolver millisightUserIdResolver() {
        return UserIdResolver.principalName();
    }

    /** Outermost: whatever else filters is part of what the client waits for. */
    @Bean
    FilterRegistrationBean<MillisightFilter> millisightFilter(
            Millisight millisight, RouteResolver routes, UserIdResolver users) {
        FilterRegistrationBean<MillisightFilter> registration =
                new FilterRegistrationBean<>(new MillisightFilter(millisight, routes, users));
        registration.setName(MillisightFilter.NAME);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return everywhere(registration);
    }

    /** Innermost: behind Spring Security, which shows the principal on its own wrapper of the request only. */
    @Bean
    FilterRegistrationBean<UserIdCaptureFilter> millisightUserIdCaptureFilter(
            FilterRegistrationBean<MillisightFilter> millisightFilter) {
        FilterRegistrationBean<UserIdCaptureFilter> registration =
                new FilterRegistrationBean<>(new UserIdCaptureFilter(millisightFilter.getFilter()));
        registration.setName(MillisightFilter.NAME + "-user");
        registration.setOrder(Ordered.LOWEST_PRECEDENCE);
        return everywhere(registration);
    }

    private static <T extends Filter> FilterRegistrationBean<T> everywhere(FilterRegistrationBean<T> registration) {
        registration.setDispatcherTypes(MillisightFilter.dispatcherTypes());
        registration.setAsyncSupported(true);
        registration.addUrlPatterns("/*");
        return registration;
    }

    @Bean
    ServletContextInitializer millisightRequestEnds(
            FilterRegistrationBean<MillisightFilter> millisightFilter, ObjectProvider<RequestEndsTeller> tellers) {
        MillisightFilter filter = millisightFilter.getFilter();
        return context -> {
            RequestEndsTeller teller = tellers.getIfAvailable();
            if (teller != null && teller.isInPlace()) {
                filter.endsAreToldBy(teller);
            } else {
                context.addListener(filter.requestListener());
            }
        };
    }

    @Bean
    StartLine millisightStartLine(MillisightHttp http, Environment environment) {
        return new StartLine(http, environment, "server.servlet.context-path", "spring.mvc.servlet.path");
    }

    /** Serves the routes through Spring MVC, after the application's own mappings. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.web.servlet.DispatcherServlet")
    static class Routes {

        @Bean
        MillisightHandlerMapping millisightHandlerMapping(MillisightHttp http) {
            return new MillisightHandlerMapping(http);
        }

        @Bean
        TakenPaths millisightTakenPaths(MillisightHttp http) {
            return new TakenPaths(http);
        }
    }
}
