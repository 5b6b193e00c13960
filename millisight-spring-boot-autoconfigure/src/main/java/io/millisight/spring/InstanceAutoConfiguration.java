package io.millisight.spring;

import io.millisight.Millisight;
import io.millisight.MillisightSettings;
import io.millisight.http.AccessRule;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * What every web application has, on a servlet container or not: the instance, and the routes that ask it. Beans of the application of the types
 * {@link AccessRule} or {@link Millisight} take the place of ours.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnProperty(name = "millisight.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MillisightProperties.class)
public class InstanceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    MillisightSettings millisightSettings(MillisightProperties properties, Environment environment) {
        return properties.settings(environment.getProperty("spring.application.name"));
    }

    /** Closed after the web server: Boot stops that in a lifecycle phase, before any bean is destroyed. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Millisight millisight(MillisightSettings settings, ListableBeanFactory beans) {
        return Millisight.start(StoreDataSource.applied(settings.config(), beans));
    }

    @Bean
    @ConditionalOnMissingBean
    MillisightHttp millisightHttp(
            Millisight millisight, MillisightSettings settings, ObjectProvider<AccessRule> accessRule) {
        return new MillisightHttp(
                millisight, HttpConfig.from(settings), accessRule.getIfAvailable(() -> AccessRule.NONE));
    }

    @Bean
    LiveFeedEnd millisightLiveFeedEnd(MillisightHttp http, ApplicationContext context) {
        return new LiveFeedEnd(http, context);
    }
}
