package io.millisight.jdkhttp;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsExchange;
import io.millisight.Millisight;
import io.millisight.http.MillisightHttp;
import io.millisight.observe.Faults;
import io.millisight.observe.Observer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one observation of every request to a context of the JDK's {@link HttpServer}, with the status that went over the wire,
 * and puts {@code X-Response-Time} on every response. To be the first filter of each context.
 *
 * <p>The handler is called exactly once, what it throws is thrown on unchanged, and a fault of this filter is counted and
 * never reaches the request. Any number of threads; no lock.
 */
public final class MillisightHttpServerFilter extends Filter {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");

    private final Observer observer;

    /** Records into this instance. */
    public MillisightHttpServerFilter(Millisight millisight) {
        this.observer = millisight.newObserver();
    }

    /**
     * Adds a context for each of our paths, recorded as any other. To be called after the application has added its own: where it has one of the same path,
     * that one wins, and a log line says so.
     */
    public void addRoutes(HttpServer server, MillisightHttp http) {
        for (String path : http.paths()) {
            HttpContext context;
            try {
                context = server.createContext(path, new RoutesHandler(http));
            } catch (IllegalArgumentException taken) {
                LOG.info("{} has a context of the application's, which wins", path);
                continue;
            }
            context.getFilters().add(this);
        }
        LOG.info("{} (port {})", http.describeAccess(), server.getAddress().getPort());
    }

    @Override
    public String description() {
        return "Millisight: records requests";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        PendingObservation pending = begin(exchange);
        if (pending == null) {
            chain.doFilter(exchange);
            return;
        }
        Throwable thrown = null;
        try {
            chain.doFilter(pending.timed());
        } catch (Throwable failure) {
            thrown = failure;
            throw failure;
        } finally {
            pending.left(thrown);
        }
    }

    /** Null when there is nothing to do for it. */
    private @Nullable PendingObservation begin(HttpExchange exchange) {
        if (exchange instanceof TimedExchange || exchange instanceof TimedHttpsExchange) {
            return null; // added twice: the outer one has it
        }
        try {
            PendingObservation pending = new PendingObservation(observer, exchange);
            pending.begins();
            return pending;
        } catch (Throwable fault) {
            faults().count("begin", fault);
            observer.lost();
            return null;
        }
    }

    static HttpExchange timed(HttpExchange exchange, PendingObservation pending) {
        TimedExchange timed = new TimedExchange(exchange, pending);
        return exchange instanceof HttpsExchange secure ? new TimedHttpsExchange(timed, secure) : timed;
    }

    Faults faults() {
        return observer.faults();
    }
}
