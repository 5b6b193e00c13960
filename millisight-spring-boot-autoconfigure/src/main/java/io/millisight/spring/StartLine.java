package io.millisight.spring;

import io.millisight.http.MillisightHttp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** Says once, when the application is ready, where the metrics are and who can read them. */
final class StartLine {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private final MillisightHttp http;
    private final Environment environment;

    StartLine(MillisightHttp http, Environment environment) {
        this.http = http;
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void onReady() {
        LOG.info("{} ({})", http.describeAccess(), url());
    }

    /** By properties alone: the event that tells the port lives in another package in each Boot. */
    String url() {
        String port = environment.getProperty("local.server.port");
        boolean tls = environment.containsProperty("server.ssl.key-store")
                || environment.containsProperty("server.ssl.bundle")
                || environment.containsProperty("server.ssl.certificate");
        String host = port == null ? "" : (tls ? "https" : "http") + "://localhost:" + port;
        return host
                + path("server.servlet.context-path")
                + path("spring.mvc.servlet.path")
                + http.paths().get(0);
    }

    private String path(String property) {
        @Nullable String value = environment.getProperty(property);
        return value == null || value.equals("/") ? "" : value;
    }
}
