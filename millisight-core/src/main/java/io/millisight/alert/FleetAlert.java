package io.millisight.alert;

import io.millisight.observe.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * A latency spike of a service as a whole, all its instances together. One of them has raised and logged it; all show it.
 *
 * @param atMicros end of the minute that was judged
 * @param service name of the service
 * @param endpoint the endpoint that spiked, or null for the service as a whole
 * @param raisedBy name of the instance that raised it
 * @param details what explains it, as one JSON object
 */
public record FleetAlert(
        long atMicros, String service, @Nullable Endpoint endpoint, String raisedBy, String details) implements Alert {}
