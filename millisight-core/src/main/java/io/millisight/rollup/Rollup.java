package io.millisight.rollup;

import io.millisight.observe.Observation;
import io.millisight.sketch.Sketch;
import io.millisight.sketch.SketchSnapshot;

/** Counters and the latency sketch of one endpoint and window. Single writer: one thread at a time, readers included. */
public final class Rollup {

    private long requests;
    private long serverErrors;
    private long clientErrors;
    private long exceptions;
    private long clientAborts;
    private long timeouts;
    private long streams;
    private final Sketch latency = new Sketch();

    /** Counts one observation. A stream's duration stays out of latency. */
    public void add(Observation observation) {
        requests++;
        if (observation.isServerError()) {
            serverErrors++;
        } else if (observation.isClientError()) {
            clientErrors++;
        }
        switch (observation.outcome()) {
            case EXCEPTION -> exceptions++;
            case CLIENT_ABORT -> clientAborts++;
            case TIMEOUT -> timeouts++;
            case COMPLETED -> {}
        }
        if (observation.stream()) {
            streams++;
        } else {
            latency.record(observation.durationNanos());
        }
    }

    /** Adds all that {@code other} has counted. */
    public void add(Rollup other) {
        latency.add(other.latency);
        requests += other.requests;
        serverErrors += other.serverErrors;
        clientErrors += other.clientErrors;
        exceptions += other.exceptions;
        clientAborts += other.clientAborts;
        timeouts += other.timeouts;
        streams += other.streams;
    }

    /** Adds all that {@code other} has counted. */
    public void add(RollupSnapshot other) {
        latency.add(other.latency());
        requests += other.requests();
        serverErrors += other.serverErrors();
        clientErrors += other.clientErrors();
        exceptions += other.exceptions();
        clientAborts += other.clientAborts();
        timeouts += other.timeouts();
        streams += other.streams();
    }

    /**
     * Adds a stored rollup.
     *
     * @throws RollupFormatException when it is damaged; nothing is changed then
     */
    public void add(EncodedRollup encoded) {
        encoded.addLatencyTo(latency);
        requests += encoded.requests();
        serverErrors += encoded.serverErrors();
        clientErrors += encoded.clientErrors();
        exceptions += encoded.exceptions();
        clientAborts += encoded.clientAborts();
        timeouts += encoded.timeouts();
        streams += encoded.streams();
    }

    /** All requests, streams included. */
    public long requests() {
        return requests;
    }

    /** Requests with status 500 or more, an exception, or a timeout. */
    public long serverErrors() {
        return serverErrors;
    }

    /** Requests with status 400 to 499 without a failure of the service. */
    public long clientErrors() {
        return clientErrors;
    }

    public long exceptions() {
        return exceptions;
    }

    public long clientAborts() {
        return clientAborts;
    }

    public long timeouts() {
        return timeouts;
    }

    public long streams() {
        return streams;
    }

    /** Durations of all requests but streams: the sketch itself, to read or to add to another. */
    public Sketch latency() {
        return latency;
    }

    /** Forgets everything, and keeps the memory for requests like those before. */
    public void clear() {
        requests = 0;
        serverErrors = 0;
        clientErrors = 0;
        exceptions = 0;
        clientAborts = 0;
        timeouts = 0;
        streams = 0;
        latency.clear();
    }

    /** An immutable copy. */
    public RollupSnapshot snapshot() {
        SketchSnapshot durations = latency.snapshot();
        return new RollupSnapshot(
                requests, serverErrors, clientErrors, exceptions, clientAborts, timeouts, streams, durations);
    }
}
