package io.millisight.spring.reactive;

import io.millisight.http.MillisightHttp;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.publisher.Mono;

/**
 * Says once which of our paths the application itself answers. The mappings before ours are asked, as for a request: a function may decide by
 * anything, and tells only then.
 */
final class TakenPaths {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final MillisightHttp http;

    TakenPaths(MillisightHttp http) {
        this.http = http;
    }

    @EventListener
    void onReady(ApplicationReadyEvent event) {
        taken(event.getApplicationContext())
                .forEach((path, mapping) ->
                        LOG.info("{} is mapped by the application, whose mapping wins: {}", path, mapping));
    }

    /** Our paths that the application answers, each with what answers. */
    Map<String, String> taken(ApplicationContext context) {
        List<HandlerMapping> before = context.getBeanProvider(HandlerMapping.class)
                .orderedStream()
                .takeWhile(mapping -> !(mapping instanceof MillisightHandlerMapping))
                .toList();
        Map<String, String> taken = new LinkedHashMap<>();
        for (String path : http.paths()) {
            String handler = handler(before, path);
            if (handler != null) {
                taken.put(path, handler);
            }
        }
        return taken;
    }

    private static @Nullable String handler(List<HandlerMapping> mappings, String path) {
        for (HandlerMapping mapping : mappings) {
            String handler = handler(mapping, path);
            if (handler != null) {
                return handler;
            }
        }
        return null;
    }

    /** One that refuses (no such method, no such media type) has the path too. */
    private static @Nullable String handler(HandlerMapping mapping, String path) {
        try {
            return Mono.defer(() -> mapping.getHandler(get(path)))
                    .map(Object::toString)
                    .block(PATIENCE);
        } catch (RuntimeException refusal) {
            return mapping + ": " + refusal;
        }
    }

    private static ServerWebExchange get(String path) {
        return new DefaultServerWebExchange(
                new Probe(path),
                new Probe.Response(),
                new DefaultWebSessionManager(),
                ServerCodecConfigurer.create(),
                new AcceptHeaderLocaleContextResolver());
    }
}
