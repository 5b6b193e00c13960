package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every route of Millisight behind one gate, for any server: an adapter presents each request as an {@link Exchange}.
 * Any thread.
 *
 * <p>In this order a request is judged: gate, route, method, media type, parameters. A stranger thus gets the same
 * answer for every path of ours, whether there is a route or not; but the few routes with an answer for strangers give it.
 * Paths are compared as they came over the wire, so no
 * encoding, doubled slash or path parameter reaches a route that its plain path would not.
 */
public final class MillisightHttp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    /** What every path of ours begins with, below the base path, but for those of health. */
    private static final String ROOT = "/metrics";

    private static final String HEALTH = "/health";

    /** Seconds after which to try again when the store is away: it is tried all the time. */
    private static final String RETRY_AFTER = "5";

    private final String prefix;
    private final AccessGate gate;
    private final List<Route> routes;
    private final List<String> paths;
    private final FaultLog faults;
    private final LiveFeed feed;

    /** Serves what {@code millisight} knows. */
    public MillisightHttp(Millisight millisight, HttpConfig config) {
        this(millisight, config, AccessRule.NONE);
    }

    /** The same, with readers whom the host application admits. */
    public MillisightHttp(Millisight millisight, HttpConfig config, AccessRule rule) {
        this(feed -> table(millisight, feed, RequestQuery.MAX_LIMIT), millisight, config, rule);
    }

    /** With a table of the caller's own. */
    MillisightHttp(Function<LiveFeed, List<Route>> table, Millisight millisight, HttpConfig config, AccessRule rule) {
        this.prefix = config.prefix();
        this.gate = new AccessGate(config, rule);
        this.faults = new FaultLog(LOG, millisight.time());
        this.feed = new LiveFeed(millisight, faults);
        this.routes = List.copyOf(table.apply(feed));
        this.paths =
                routes.stream().map(route -> prefix + route.path()).distinct().toList();
    }

    /** The table of routes: everything that can be asked is in it. */
    static List<Route> table(Millisight millisight, LiveFeed feed, int exportPage) {
        List<Route> table = new ArrayList<>();
        table.addAll(new LiveRoutes(millisight).routes());
        table.addAll(new ReportRoutes(millisight).routes());
        table.addAll(new RequestRoutes(millisight, exportPage).routes());
        table.addAll(new InstanceRoutes(millisight).routes());
        table.addAll(new StreamRoutes(feed).routes());
        table.addAll(new DashboardRoutes().routes());
        table.addAll(new HealthRoutes(millisight).routes());
        return table;
    }

    List<Route> routes() {
        return routes;
    }

    /** The path of every route, base path included, for servers where paths must be registered. */
    public List<String> paths() {
        return paths;
    }

    /** The path of the dashboard, base path included. */
    public String dashboardPath() {
        return prefix + DashboardRoutes.PAGE;
    }

    /** Whether {@link #handle} would answer for this path, as sent: those of {@link #paths()}, and all below the first. */
    public boolean owns(String path) {
        String root = prefix + ROOT;
        boolean metrics =
                path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
        return metrics || paths.contains(path);
    }

    /** Where the metrics are and who may read them, in one line for the start-up log. */
    public String describeAccess() {
        return "dashboard at " + dashboardPath() + " and health at " + prefix + HEALTH + ", " + gate.describe();
    }

    /** Requests that a fault of ours ended, since start: an answer of 500, or an export broken off. */
    public long faults() {
        return faults.count();
    }

    /**
     * Answers a request for one of our paths.
     *
     * @return false when the path is not ours: nothing has been touched
     * @throws IOException when the client is gone, or when an answer had to be broken off after it had begun: the
     *     server must then cut the connection, so that half an export is not taken for a whole one
     */
    public boolean handle(Exchange exchange) throws IOException {
        if (!owns(exchange.path())) {
            return false;
        }
        Reply reply = new Reply(exchange);
        try {
            answer(exchange, reply);
        } catch (ProblemException e) {
            reply.problem(e.problem());
        } catch (StoreException e) {
            faults.report(exchange.method() + " " + exchange.path(), e);
            reply.fail(
                    e,
                    Problem.of(503, "store-unavailable", "Store unavailable")
                            .detail(
                                    "Stored figures cannot be read now; what is counted meanwhile is kept. The log says why.")
                            .header("Retry-After", RETRY_AFTER));
        } catch (RuntimeException | Error e) {
            faults.report(exchange.method() + " " + exchange.path(), e);
            reply.fail(
                    e,
                    Problem.of(500, "internal-fault", "Internal fault")
                            .detail("A fault of Millisight, not of the service. The log says more."));
        }
        return true;
    }

    private void answer(Exchange exchange, Reply reply) throws IOException {
        Problem refusal = gate.refusal(exchange);
        String path = exchange.path().substring(prefix.length());
        String method = exchange.method().equals("HEAD") ? "GET" : exchange.method();
        List<Route> methods =
                routes.stream().filter(route -> route.path().equals(path)).toList();
        Optional<Route> found = methods.stream()
                .filter(candidate -> candidate.method().equals(method))
                .findFirst();
        if (refusal != null) {
            Route.Handler forStrangers = found.map(Route::forStrangers).orElseThrow(refusal::asException);
            send(found.orElseThrow(), forStrangers, exchange, reply);
            return;
        }
        if (methods.isEmpty()) {
            throw unknown(path).asException();
        }
        String allow = allow(methods);
        if (exchange.method().equals("OPTIONS")) {
            reply.options(allow);
            return;
        }
        Route route = found.orElseThrow(() -> Problem.of(405, "method-not-allowed", "Method not allowed")
                .detail("This path does not answer " + exchange.method() + ".")
                .allowed(allow)
                .header("Allow", allow)
                .asException());
        send(route, route.handler(), exchange, reply);
    }

    private static void send(Route route, Route.Handler handler, Exchange exchange, Reply reply) throws IOException {
        MediaType type =
                route.offers().isEmpty() ? null : Negotiation.choose(route.offers(), exchange.headers("Accept"));
        Parameters parameters = new Parameters(route.parameters(), exchange.query());
        reply.send(handler.answer(parameters, type == null ? MediaType.JSON : type), type);
    }

    /** Ends the live feed and its connections; everything else is answered as before. */
    @Override
    public void close() {
        feed.close();
    }

    private Problem unknown(String path) {
        String meant = Similar.to(
                        path, routes.stream().map(Route::path).distinct().toList())
                .map(near -> " Did you mean " + prefix + near + "?")
                .orElse("");
        return Problem.of(404, "unknown-route", "Unknown route")
                .detail("There is no such route." + meant)
                .allowed(String.join(", ", paths));
    }

    private static String allow(List<Route> methods) {
        List<String> allowed = new ArrayList<>();
        for (Route route : methods) {
            allowed.add(route.method());
            if (route.method().equals("GET")) {
                allowed.add("HEAD");
            }
        }
        allowed.add("OPTIONS");
        return String.join(", ", allowed);
    }
}
