package io.millisight.battery;

import io.millisight.Ledger;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.health.HealthConfig;
import io.millisight.observe.TimeSource;
import io.millisight.report.EndpointReport;
import io.millisight.report.SeriesReport;
import io.millisight.rollup.TimeRange;
import io.millisight.servlet.MillisightFilter;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoreException;
import io.millisight.store.StoredRequest;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * A service whose disk and database are harmed: embedded Tomcat with the filter over {@code /api/*}, and beside it {@code
 * /control/*}, which is not observed and says what is stored. A process of its own, begun by {@link FaultedProcess}; ends
 * orderly when its standard input does.
 */
final class FaultedService {

    /** Header with the request's id, which is stored as its user. */
    static final String ID = "X-Id";

    static final String PORT = "port ";

    /** So that the store is left alone while no request comes. */
    private static final HealthConfig SELDOM =
            new HealthConfig(Duration.ofHours(1), Duration.ofSeconds(5), Set.of(), Map.of(), null);

    private static final byte[] ANSWER = "ok".getBytes(StandardCharsets.UTF_8);

    private FaultedService() {}

    /** With the data folder; then, where it is not the default, the store and the bytes of its ring. */
    public static void main(String[] args) throws Exception {
        MovableTime time = new MovableTime();
        Millisight millisight = Millisight.start(
                MillisightConfig.builder()
                        .service("faulted")
                        .dataDirectory(Path.of(args[0]))
                        .store(args.length > 1 ? args[1] : "sqlite")
                        .journalBytes(args.length > 1 ? Integer.parseInt(args[2]) : 1 << 20)
                        .maxEndpoints(400)
                        .slowThreshold(Duration.ofHours(1))
                        .requestLogLimit(0)
                        .flushInterval(Duration.ofMillis(20))
                        .health(SELDOM)
                        .build(),
                time);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer((classes, servlets) -> wire(servlets, millisight, time), null);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        AbstractHttp11Protocol<?> protocol =
                (AbstractHttp11Protocol<?>) tomcat.getConnector().getProtocolHandler();
        protocol.setMaxKeepAliveRequests(-1);
        tomcat.start();
        if (!context.getState().isAvailable()) {
            throw new IllegalStateException("the application did not start");
        }
        say(PORT + tomcat.getConnector().getLocalPort());
        while (System.in.read() >= 0) {
            // Nothing is ever said.
        }
        tomcat.stop();
        millisight.close();
        System.exit(0);
    }

    private static void wire(ServletContext context, Millisight millisight, MovableTime time) {
        MillisightFilter filter =
                new MillisightFilter(millisight, request -> request.getRequestURI(), request -> request.getHeader(ID));
        FilterRegistration.Dynamic registration = context.addFilter(MillisightFilter.NAME, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(MillisightFilter.dispatcherTypes(), false, "/api/*");
        context.addListener(filter.requestListener());
        context.addServlet("api", new Api()).addMapping("/api/*");
        context.addServlet("control", new Control(millisight, time)).addMapping("/control/*");
    }

    @SuppressWarnings("SystemOut") // how it speaks to the process that began it
    private static void say(String word) {
        System.out.println(word);
        System.out.flush();
    }

    /** The machine's clocks, set forward together. */
    private static final class MovableTime implements TimeSource {

        private final AtomicLong aheadSeconds = new AtomicLong();

        @Override
        public long epochMicros() {
            return SYSTEM.epochMicros() + TimeUnit.SECONDS.toMicros(aheadSeconds.get());
        }

        @Override
        public long nanoTime() {
            return SYSTEM.nanoTime() + TimeUnit.SECONDS.toNanos(aheadSeconds.get());
        }
    }

    private static final class Api extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentLength(ANSWER.length);
            response.getOutputStream().write(ANSWER);
        }
    }

    private static final class Control extends HttpServlet {

        private final transient Millisight millisight;
        private final transient MovableTime time;

        Control(Millisight millisight, MovableTime time) {
            this.millisight = millisight;
            this.time = time;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain;charset=UTF-8");
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text);
            try {
                switch (request.getPathInfo()) {
                    case "/ledger" -> ledger(out);
                    case "/flush" -> millisight.flush();
                    case "/forward" -> time.aheadSeconds.addAndGet(Long.parseLong(request.getQueryString()));
                    case "/books" -> books(out);
                    default -> response.setStatus(HttpServletResponse.SC_NOT_FOUND);
                }
            } catch (StoreException e) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                text = new StringWriter();
                e.printStackTrace(new PrintWriter(text));
            }
            response.getWriter().write(text.toString());
        }

        private void ledger(PrintWriter out) {
            Ledger ledger = millisight.ledger();
            out.println("seen " + ledger.seen());
            out.println("stored " + ledger.stored());
            out.println("pending " + ledger.pending());
            ledger.dropped().forEach((reason, count) -> out.println("dropped." + reason + " " + count));
        }

        /** All that is stored: a line for each request, and for each endpoint and minute of the rollups. */
        private void books(PrintWriter out) {
            // Also ahead: an earlier life may have set its clocks forward.
            TimeRange range =
                    new TimeRange(time.epochMicros() - 6 * TimeRange.HOUR, time.epochMicros() + 6 * TimeRange.HOUR);
            RequestQuery query = RequestQuery.all(range, 10_000);
            for (RequestPage page = millisight.requests(query); page != null; page = after(query, page)) {
                for (StoredRequest request : page.requests()) {
                    long minute = request.completedAtMicros() / TimeRange.MINUTE;
                    out.println("request " + request.endpoint().route() + " " + minute + " " + request.userId());
                }
            }
            for (EndpointReport reported : millisight.report(range).endpoints()) {
                SeriesReport series = millisight.series(range, TimeRange.MINUTE, reported.endpoint());
                for (SeriesReport.Point point : series.points()) {
                    if (point.rollup().requests() > 0) {
                        long minute = point.startMicros() / TimeRange.MINUTE;
                        out.println("rollup " + reported.endpoint().route() + " " + minute + " "
                                + point.rollup().requests());
                    }
                }
            }
        }

        private RequestPage after(RequestQuery query, RequestPage page) {
            return page.next() == null ? null : millisight.requests(query.after(page.next()));
        }
    }
}
