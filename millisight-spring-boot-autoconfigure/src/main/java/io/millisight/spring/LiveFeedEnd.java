package io.millisight.spring;

import io.millisight.http.MillisightHttp;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/** Ends the live feed before the server stops: a graceful stop would wait for its event streams. */
final class LiveFeedEnd {

    private final MillisightHttp http;
    private final ApplicationContext context;

    LiveFeedEnd(MillisightHttp http, ApplicationContext context) {
        this.http = http;
        this.context = context;
    }

    @EventListener
    void onClosed(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) { // and not one of its children
            http.close();
        }
    }
}
