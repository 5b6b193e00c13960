package io.millisight.servlet;

import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.core.FeatureContext;
import org.glassfish.jersey.internal.spi.AutoDiscoverable;

/** Adds {@link JerseyRoutes} to every application of Jersey's: {@code META-INF/services} names this, and nobody but Jersey reads that. */
@ConstrainedTo(RuntimeType.SERVER) // a client of Jersey's looks for such classes too
public final class JerseyDiscovery implements AutoDiscoverable {

    @Override
    public void configure(FeatureContext context) {
        if (!context.getConfiguration().isRegistered(JerseyRoutes.class)) {
            context.register(new JerseyRoutes());
        }
    }
}
