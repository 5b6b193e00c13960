package io.millisight.battery;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Outcome;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.MillisightServlet;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A service that is watched: 1,500 endpoints with a request a second each, the filter, the routes, one servlet. A process of its
 * own, in the container that it is told.
 */
final class WatchedService {

    /** Fewer than watchers: were one held by each, no request would be answered any more. */
    static final int THREADS = 10;

    private static final int ENDPOINTS = 1_500;

    private WatchedService() {}

    /** With the container, the size of its send buffers (0 for the system's) and the data folder. */
    @SuppressWarnings("SystemOut") // how it speaks to the process that began it
    public static void main(String[] arguments) throws Exception {
        Millisight millisight = Millisight.start(MillisightConfig.builder()
                .dataDirectory(Path.of(arguments[2]))
                .store("memory")
                .requestLogLimit(0)
                .build());
        daemon(() -> traffic(millisight));
        MillisightHttp http = new MillisightHttp(millisight, HttpConfig.defaults());
        HostedContainer container = HostedContainer.Kind.valueOf(arguments[0])
                .start(THREADS, Integer.parseInt(arguments[1]), context -> register(context, millisight, http));
        BusyThreads busy = new BusyThreads(container);
        daemon(busy::look);
        System.out.println(container.port());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            System.out.println(
                    switch (question) {
                        case "heap" -> Heap.inUse();
                        case "connections" -> container.connections();
                        case "busy" -> busy.percent();
                        default -> endFeed(http);
                    });
        }
        container.stop();
        millisight.close();
    }

    private static void daemon(Runnable again) {
        Thread thread = new Thread(() -> {
            while (true) {
                again.run();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void traffic(Millisight millisight) {
        for (int i = 0; i < ENDPOINTS; i++) {
            long now = System.nanoTime();
            millisight.record(
                    "GET",
                    "/items-of-a-kind/" + (char) ('a' + i % 26) + i + "/parts",
                    200,
                    Outcome.COMPLETED,
                    false,
                    now - i * 1_000L,
                    now,
                    null,
                    null);
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }

    private static void register(ServletContext context, Millisight millisight, MillisightHttp http) {
        MillisightFilter filter = new MillisightFilter(millisight);
        FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        context.addListener(filter.requestListener());
        ServletRegistration.Dynamic routes = context.addServlet("monitor", new MillisightServlet(http));
        routes.setAsyncSupported(true);
        routes.addMapping(http.paths().toArray(String[]::new));
        context.addServlet("ping", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.setContentLength(2);
                        response.getOutputStream().print("ok");
                    }
                })
                .addMapping("/ping");
    }

    private static long endFeed(MillisightHttp http) {
        http.close();
        return 0;
    }

    /** How busy the container's threads are. */
    private static final class BusyThreads {

        private final HostedContainer container;
        private long looks;
        private long busy;

        BusyThreads(HostedContainer container) {
            this.container = container;
        }

        void look() {
            synchronized (this) {
                looks++;
                busy += container.busyThreads();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }

        /** On average of all threads and of the time since this was last asked. */
        synchronized long percent() {
            long percent = looks == 0 ? 0 : 100 * busy / (looks * THREADS);
            looks = 0;
            busy = 0;
            return percent;
        }
    }
}
