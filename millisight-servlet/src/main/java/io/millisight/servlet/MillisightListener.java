package io.millisight.servlet;

import io.millisight.Millisight;
import io.millisight.MillisightSettings;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the monitoring of a web application that has our jars, and nothing else to do: {@code web-fragment.xml}
 * names this listener. Settings come from the environment, system properties and context init parameters.
 *
 * <p>While it runs, the instance is the context's attribute named as the class {@link Millisight}, for the application to add
 * checks of its own.
 *
 * <p>A failure to start is logged, and the application starts without monitoring. Where Spring Boot is in charge,
 * this does nothing: the starter registers the same parts.
 */
public final class MillisightListener implements ServletContextListener {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final String ATTRIBUTE = Millisight.class.getName();
    private static final List<String> SPRING_BOOT_STARTER =
            List.of("org.springframework.boot.SpringApplication", "io.millisight.spring.MillisightAutoConfiguration");

    private @Nullable Millisight millisight;
    private @Nullable MillisightHttp http;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        if (isSpringBootInCharge(context.getClassLoader())) {
            return;
        }
        try {
            MillisightSettings settings = MillisightSettings.fromEnvironment(
                    System.getenv(), System.getProperties(), context::getInitParameter);
            settings.warnings().forEach(LOG::warn);
            if (settings.enabled()) {
                start(context, settings);
            }
        } catch (Throwable failure) {
            LOG.error("not started, the application runs without monitoring: {}", failure.toString(), failure);
            close();
        }
    }

    private void start(ServletContext context, MillisightSettings settings) {
        if (isNameTaken(context)) {
            throw new IllegalStateException(
                    "the application has a filter or servlet named '" + MillisightFilter.NAME + "' already");
        }
        HttpConfig httpConfig = HttpConfig.from(settings);
        Millisight started = Millisight.start(settings.config());
        millisight = started;
        register(context, new MillisightFilter(started));
        MillisightHttp routes = new MillisightHttp(started, httpConfig);
        http = routes;
        List<String> served = register(context, routes);
        context.setAttribute(ATTRIBUTE, started);
        if (!served.isEmpty()) {
            String shown = served.contains(routes.dashboardPath()) ? routes.dashboardPath() : served.get(0);
            LOG.info("{} (in this application: {}{})", routes.describeAccess(), context.getContextPath(), shown);
        }
    }

    private static boolean isNameTaken(ServletContext context) {
        return context.getFilterRegistration(MillisightFilter.NAME) != null
                || context.getServletRegistration(MillisightFilter.NAME) != null;
    }

    private static void register(ServletContext context, MillisightFilter filter) {
        FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        context.addListener(filter.requestListener());
    }

    /** Path by path, so that the application's servlet keeps the one that it has, and we serve the others. */
    private static List<String> register(ServletContext context, MillisightHttp http) {
        List<String> taken = patternsOf(context);
        ServletRegistration.Dynamic registration =
                context.addServlet(MillisightFilter.NAME, new MillisightServlet(http));
        registration.setAsyncSupported(true);
        List<String> served = new ArrayList<>();
        List<String> patterns = new ArrayList<>(http.paths());
        patterns.add(http.paths().get(0) + "/*"); // so that a mistyped path gets our answer, which names the right ones
        for (String path : patterns) {
            if (isTaken(path, taken) || !registration.addMapping(path).isEmpty()) {
                LOG.info("{} is mapped by the application, whose mapping wins", path);
            } else {
                served.add(path);
            }
        }
        return served;
    }

    private static List<String> patternsOf(ServletContext context) {
        List<String> patterns = new ArrayList<>();
        context.getServletRegistrations().values().forEach(servlet -> patterns.addAll(servlet.getMappings()));
        return patterns;
    }

    /** A container would let our exact path win over a wildcard of the application, say {@code /metrics/*}. */
    private static boolean isTaken(String path, List<String> patterns) {
        for (String pattern : patterns) {
            boolean wildcard = pattern.endsWith("/*") && pattern.length() > 2;
            if (pattern.equals(path)
                    || (wildcard && (path + "/").startsWith(pattern.substring(0, pattern.length() - 1)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSpringBootInCharge(@Nullable ClassLoader loader) {
        for (String name : SPRING_BOOT_STARTER) {
            try {
                Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError absent) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        try {
            if (millisight != null) {
                event.getServletContext().removeAttribute(ATTRIBUTE);
            }
            close();
        } finally {
            RecordMethods.letGoOfOurs();
        }
    }

    private void close() {
        MillisightHttp served = http;
        http = null;
        if (served != null) {
            served.close();
        }
        Millisight running = millisight;
        millisight = null;
        if (running != null) {
            running.close();
        }
    }
}
