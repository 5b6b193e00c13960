package io.millisight.battery;

import io.millisight.Millisight;
import io.millisight.MillisightSettings;
import io.millisight.http.HttpConfig;
import io.millisight.http.MillisightHttp;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.MillisightServlet;
import io.millisight.servlet.RouteResolver;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.sqlite.SQLiteJDBCLoader;

/**
 * A small service as a user would have it, to be killed: embedded Tomcat, the filter, and whatever the settings say. Run as
 * a process of its own by {@link ServiceProcess}, to which it tells on standard output how far it has come; it ends when its
 * standard input does, so that it never outlives the test.
 */
final class Service {

    /** Header with the request's id, which is stored as its user. */
    static final String ID = "X-Id";

    static final String OPENING = "opening";
    static final String OPEN = "recovered";
    static final String PORT = "port ";

    /** Beyond the container's buffer of 8 KiB. */
    private static final int LARGE_BYTES = 20_000;

    private static final byte[] SMALL = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);

    private Service() {}

    /** With {@code -Dmillisight...} settings, as any service outside Spring. */
    public static void main(String[] args) throws Exception {
        endWithStandardInput();
        SQLiteJDBCLoader.initialize(); // Loading the library would be most of what a kill during recovery hits.
        say(OPENING);
        MillisightSettings settings =
                MillisightSettings.fromEnvironment(System.getenv(), System.getProperties(), name -> null);
        Millisight millisight = Millisight.start(settings.config());
        say(OPEN);
        Tomcat tomcat = tomcat(millisight, HttpConfig.from(settings));
        tomcat.start();
        say(PORT + tomcat.getConnector().getLocalPort());
        tomcat.getServer().await();
    }

    @SuppressWarnings("SystemOut") // how it speaks to the process that began it
    private static void say(String word) {
        System.out.println(word);
        System.out.flush();
    }

    private static void endWithStandardInput() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever said.
                        }
                    } catch (IOException e) {
                        // As good as the end.
                    }
                    System.exit(0);
                },
                "end-of-input");
        watch.setDaemon(true);
        watch.start();
    }

    private static Tomcat tomcat(Millisight millisight, HttpConfig http) {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer(
                (classes, servletContext) -> wire(servletContext, millisight, http), null);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        AbstractHttp11Protocol<?> protocol =
                (AbstractHttp11Protocol<?>) tomcat.getConnector().getProtocolHandler();
        protocol.setMaxKeepAliveRequests(-1);
        return tomcat;
    }

    private static void wire(ServletContext context, Millisight millisight, HttpConfig config) {
        MillisightFilter filter =
                new MillisightFilter(millisight, RouteResolver.servletMapping(), request -> request.getHeader(ID));
        FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/*");
        context.addListener(filter.requestListener());
        MillisightHttp http = new MillisightHttp(millisight, config);
        context.addServlet("monitor", new MillisightServlet(http))
                .addMapping(http.paths().toArray(new String[0]));
        context.addServlet("orders", new Orders()).addMapping("/orders/*");
        context.addServlet("refused", new Refused()).addMapping("/refused");
        context.addServlet("large", new Large()).addMapping("/large");
        context.addServlet("closed", new Closed()).addMapping("/closed");
        var later = context.addServlet("later", new Later());
        later.setAsyncSupported(true);
        later.addMapping("/later");
    }

    /** Of announced length: the container sends such an answer with its last byte, and not when the handler is back. */
    private static void answer(HttpServletResponse response, byte[] body) throws IOException {
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** What nearly all requests are. */
    private static final class Orders extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, SMALL);
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setStatus(HttpServletResponse.SC_CREATED);
            response.getWriter().write("made");
        }
    }

    /** Recorded when the container ends the request, behind its error page. */
    private static final class Refused extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.sendError(HttpServletResponse.SC_CONFLICT);
        }
    }

    /** Sent as it is written. */
    private static final class Large extends HttpServlet {
        private static final byte[] BODY = new byte[LARGE_BYTES];

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, BODY);
        }
    }

    /** Closes its answer, and may fail afterwards: only its return tells what to record. */
    private static final class Closed extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try (var out = response.getWriter()) {
                out.write("closed");
            }
        }
    }

    /** Ended by a thread of the application. */
    private static final class Later extends HttpServlet {

        private static final ExecutorService WORKER = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "later");
            thread.setDaemon(true);
            return thread;
        });

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext context = request.startAsync();
            WORKER.execute(() -> {
                try {
                    answer((HttpServletResponse) context.getResponse(), SMALL);
                } catch (IOException gone) {
                    // The client's affair.
                } finally {
                    context.complete();
                }
            });
        }
    }
}
