package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.observe.Outcome;
import io.millisight.observe.TimeSource;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A service of a test's own: its clock, its Millisight with the store in memory, its routes. */
final class MonitoredService implements AfterEachCallback, AutoCloseable {

    final ManualClock clock = new ManualClock();
    final Millisight millisight;
    final MillisightHttp http;

    MonitoredService() {
        this(null);
    }

    /** On the machine's own clocks: for what happens by itself. */
    static MonitoredService onRealTime() {
        return new MonitoredService(TimeSource.SYSTEM);
    }

    private MonitoredService(@Nullable TimeSource time) {
        millisight = Millisight.start(
                MillisightConfig.builder()
                        .service("shop")
                        .instance("shop-1")
                        .store("memory")
                        .requestLogLimit(0)
                        .build(),
                time == null ? clock : time);
        http = new MillisightHttp(millisight, HttpConfig.defaults());
    }

    /** One request that ends now. */
    void record(String method, String route, int status, double millis, @Nullable String userId) {
        record(method, route, status, Outcome.COMPLETED, false, millis, userId);
    }

    void record(
            String method,
            String route,
            int status,
            Outcome outcome,
            boolean stream,
            double millis,
            @Nullable String userId) {
        long now = clock.nanoTime();
        millisight.record(
                method, route, status, outcome, stream, now - Math.round(millis * 1e6), now, userId, route + "?raw=1");
    }

    void pass(Duration time) {
        clock.advance(time);
    }

    RecordingExchange get(String target) {
        return send(RecordingExchange.get(target));
    }

    RecordingExchange send(RecordingExchange exchange) {
        try {
            http.handle(exchange);
            return exchange;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext test) {
        close();
    }

    @Override
    public void close() {
        http.close();
        millisight.close();
    }
}
