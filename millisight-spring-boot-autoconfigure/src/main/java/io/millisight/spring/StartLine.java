package io.millisight.spring;

import io.millisight.http.MillisightHttp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** Says once, when the application is ready, where the dashboard is and who can see it. */
public final class StartLine {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private final MillisightHttp http;
    private final Environment environment;
    private final List<String> pathProperties;

    /** @param pathProperties settings of the application of which each puts a path before ours, outermost first */
    public StartLine(MillisightHttp http, Environment environment, String... pathProperties) {
        this.http = http;
        this.environment = environment;
        this.pathProperties = List.of(pathProperties);
    }

    @EventListener(ApplicationReadyEvent.class)
    void onReady() {
        LOG.info("{} ({})", http.describeAccess(), url());
    }

    /** Where the dashboard is. By properties alone: the event that tells the port lives in another package in each Boot. */
    public String url() {
        String port = environment.getProperty("local.server.port");
        boolean tls = environment.containsProperty("server.ssl.key-store")
                || environment.containsProperty("server.ssl.bundle")
                || environment.containsProperty("server.ssl.certificate");
        String host = port == null ? "" : (tls ? "https" : "http") + "://localhost:" + port;
        StringBuilder url = new StringBuilder(host);
        pathProperties.forEach(property -> url.append(path(property)));
        return url.append(http.dashboardPath()).toString();
    }

    private String path(String property) {
        @Nullable String value = environment.getProperty(property);
        return value == null || value.equals("/") ? "" : value;
    }
}
