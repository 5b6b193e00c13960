package io.millisight.spring;

import io.millisight.http.MillisightHttp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/** Says once which of our paths the application's own controllers answer, or Actuator's endpoints where they share our base. */
final class TakenPaths {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

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

    /** Our paths that a controller answers, each with its mapping. */
    Map<String, RequestMappingInfo> taken(ApplicationContext context) {
        Map<String, RequestMappingInfo> taken = new LinkedHashMap<>();
        for (RequestMappingInfoHandlerMapping mappings :
                context.getBeansOfType(RequestMappingInfoHandlerMapping.class).values()) {
            for (RequestMappingInfo mapping : mappings.getHandlerMethods().keySet()) {
                http.paths().stream().filter(path -> takes(mapping, path)).forEach(path -> taken.put(path, mapping));
            }
        }
        return taken;
    }

    private static boolean takes(RequestMappingInfo mapping, String path) {
        var methods = mapping.getMethodsCondition().getMethods();
        var patterns = mapping.getPathPatternsCondition();
        if (patterns == null || !(methods.isEmpty() || methods.contains(RequestMethod.GET))) {
            return false;
        }
        PathContainer parsed = PathContainer.parsePath(path);
        for (PathPattern pattern : patterns.getPatterns()) {
            if (pattern.matches(parsed)) {
                return true;
            }
        }
        return false;
    }
}
