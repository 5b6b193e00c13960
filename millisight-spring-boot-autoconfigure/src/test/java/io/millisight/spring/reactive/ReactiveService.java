package io.millisight.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.StoredRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** A running WebFlux application on a free port, and what it has recorded. */
final class ReactiveService implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private long taken;

    ReactiveService(Path data, List<String> arguments, Class<?>... sources) {
        SpringApplication application = new SpringApplication(sources);
        application.setWebApplicationType(WebApplicationType.REACTIVE); // the class path may have both
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.tomcat.max-keep-alive-requests=-1",
                "--millisight.request-log-limit=0",
                "--millisight.data-dir=" + data));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--millisight.store="))) {
            all.add("--millisight.store=memory");
        }
        all.addAll(arguments);
        context = application.run(all.toArray(String[]::new));
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    Millisight millisight() {
        return context.getBean(Millisight.class);
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** The simple name of Boot's class for the server: its package differs between Boots. */
    String server() {
        return PropertyAccessorFactory.forBeanPropertyAccess(context)
                .getPropertyValue("webServer")
                .getClass()
                .getSimpleName();
    }

    Wire connect() throws IOException {
        return new Wire(port());
    }

    /** The next so many that were recorded, in order; a server may notice late that a client has gone. */
    List<StoredRequest> take(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (recorded() < taken + count && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(recorded()).as("recorded requests").isEqualTo(taken + count);
        taken += count;
        List<StoredRequest> newest = new ArrayList<>(millisight()
                .requests(RequestQuery.all(new TimeRange(0, Long.MAX_VALUE), count))
                .requests());
        Collections.reverse(newest);
        return newest;
    }

    StoredRequest takeOne() {
        return take(1).get(0);
    }

    /** How many were recorded beyond those taken; they are passed over. */
    long excess() {
        long excess = recorded() - taken;
        taken += excess;
        return excess;
    }

    private long recorded() {
        return millisight().ledger().seen();
    }

    @Override
    public void close() {
        context.close();
    }
}
