package io.millisight.alert;

/** Something that somebody should look at, with all that explains it. */
public sealed interface Alert permits SpikeAlert, FleetAlert, HealthAlert {

    /** When it was raised, in microseconds since 1970. */
    long atMicros();
}
