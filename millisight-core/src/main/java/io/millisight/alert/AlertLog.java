package io.millisight.alert;

import io.millisight.health.HealthStatus;
import io.millisight.live.LogText;
import io.millisight.observe.Endpoint;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way of every alert: into the log, one line each, and among those kept. Thread-safe.
 *
 * <p>What is bad is logged at ERROR, what is doubtful at WARN, and an end of it at INFO.
 */
public final class AlertLog {

    /** How many alerts are kept. */
    public static final int KEPT = 100;

    private final Logger logger;
    private final Deque<Alert> alerts = new ArrayDeque<>();

    /** Writes to the logger {@code millisight.alerts}. */
    public AlertLog() {
        this(LoggerFactory.getLogger("millisight.alerts"));
    }

    /** Writes to this logger. */
    public AlertLog(Logger logger) {
        this.logger = logger;
    }

    /** Keeps and logs it. */
    public void raise(SpikeAlert alert) {
        keep(alert);
        logger.error(line(alert));
    }

    /** Keeps and logs it. */
    public void raise(HealthAlert alert) {
        keep(alert);
        log(alert);
    }

    /**
     * Keeps and logs it.
     *
     * @param judged the figures behind it
     */
    public void raise(FleetAlert alert, SpikeAlert judged) {
        keep(alert);
        logger.error("all of " + LogText.escape(alert.service()) + ": " + line(judged));
    }

    /** Keeps it and leaves the log alone: another instance has written it there. */
    public void keep(FleetAlert alert) {
        keep((Alert) alert);
    }

    private synchronized void keep(Alert alert) {
        alerts.addFirst(alert);
        if (alerts.size() > KEPT) {
            alerts.removeLast();
        }
    }

    /** The last {@link #KEPT}, newest first. What the fleet says is heard late: hence by their own times. */
    public synchronized List<Alert> alerts() {
        return alerts.stream()
                .sorted(Comparator.comparingLong(Alert::atMicros).reversed())
                .toList();
    }

    /** Forgets them. */
    public synchronized void reset() {
        alerts.clear();
    }

    private void log(HealthAlert alert) {
        switch (alert.to()) {
            case DOWN -> logger.error(line(alert));
            case DEGRADED, UNKNOWN -> logger.warn(line(alert));
            case HEALTHY -> logger.info(line(alert));
        }
    }

    private static String line(HealthAlert alert) {
        String message = alert.message();
        return "health: " + alert.check() + " is " + alert.to().word()
                + (alert.from() == HealthStatus.UNKNOWN
                        ? ""
                        : ", was " + alert.from().word())
                + (message == null ? "" : ": " + LogText.escape(message))
                + " (asked for " + LogText.millis(alert.responseTimeNanos())
                + (alert.turns() > 1 ? ", turned " + alert.turns() + " times since the last alert" : "") + ")";
    }

    private static String line(SpikeAlert alert) {
        Endpoint endpoint = alert.endpoint();
        String scope = endpoint == null ? "all endpoints" : LogText.escape(endpoint.name());
        String samples = alert.samples().stream().map(LogText::request).collect(Collectors.joining("; "));
        return "p99 spike, " + scope + ": p99 " + LogText.millis(Math.round(alert.observedNanos()))
                + " of " + alert.requests() + " requests is above the threshold of "
                + LogText.millis(Math.round(alert.thresholdNanos()))
                + " (baseline " + LogText.millis(Math.round(alert.baselineNanos()))
                + ", factor " + alert.factor() + "); slowest: " + samples;
    }
}
