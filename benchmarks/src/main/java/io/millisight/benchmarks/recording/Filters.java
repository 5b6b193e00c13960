package io.millisight.benchmarks.recording;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millisight.servlet.MillisightFilter;
import io.millisight.servlet.UserIdResolver;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Filters around a chain that does nothing but what a framework does for them: say which route was matched. Request and
 * response are stubs, the same for all.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Burst.SIZE)
public class Filters {

    private static final String ROUTE = "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

    /** Sends requests through a filter. */
    private static final class Chain {
        private final Requests requests = new Requests();
        private final StubRequest request = new StubRequest();
        private final StubResponse response = new StubResponse();

        /** As Spring's handler mapping does it: an attribute for everybody, and the pattern for its own observation. */
        private void answer(String route, boolean observed) {
            request.setAttribute(ROUTE, route);
            if (observed) {
                ServerHttpObservationFilter.findObservationContext(request)
                        .orElseThrow()
                        .setPathPattern(route);
            }
        }

        private void send(Filter filter, boolean observed) throws ServletException, IOException {
            for (int i = 0; i < Burst.SIZE; i++) {
                String route = requests.route(i);
                request.begin(requests.method(i), requests.path(i));
                FilterChain rest = (seen, answered) -> answer(route, observed);
                filter.doFilter(request, response, rest);
            }
        }
    }

    @State(Scope.Benchmark)
    public static class Bare {
        private final Chain chain = new Chain();
        private final Filter filter = (request, response, rest) -> rest.doFilter(request, response);
    }

    /** Recording, header and all, into a Millisight at its defaults. */
    @State(Scope.Benchmark)
    public static class Ours {
        private final Chain chain = new Chain();
        private Filter filter = (request, response, rest) -> {};

        @Setup(Level.Trial)
        public void make(Monitored monitored) {
            filter = new MillisightFilter(
                    monitored.millisight(),
                    request -> (String) request.getAttribute(ROUTE),
                    UserIdResolver.principalName());
        }
    }

    /** Spring's filter with its own convention and the handler that Spring Boot registers. */
    private static Filter springs(MeterRegistry meters) {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        return new ServerHttpObservationFilter(observations);
    }

    @State(Scope.Benchmark)
    public static class SpringSimple {
        private final Chain chain = new Chain();
        private final Filter filter = springs(new SimpleMeterRegistry());
    }

    @State(Scope.Benchmark)
    public static class SpringPrometheus {
        private final Chain chain = new Chain();
        private final Filter filter = springs(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    @Benchmark
    public void bare(Bare state, Burst burst) throws ServletException, IOException {
        burst.begin();
        state.chain.send(state.filter, false);
        burst.end();
    }

    @Benchmark
    public String millisight(Monitored monitored, Ours state, Burst burst) throws ServletException, IOException {
        monitored.willRecord(1);
        burst.begin();
        state.chain.send(state.filter, false);
        burst.end();
        return state.chain.response.header();
    }

    @Benchmark
    public void springSimple(SpringSimple state, Burst burst) throws ServletException, IOException {
        burst.begin();
        state.chain.send(state.filter, true);
        burst.end();
    }

    @Benchmark
    public void springPrometheus(SpringPrometheus state, Burst burst) throws ServletException, IOException {
        burst.begin();
        state.chain.send(state.filter, true);
        burst.end();
    }
}
