package io.millisight.http;

import io.millisight.alert.Alert;
import io.millisight.alert.FleetAlert;
import io.millisight.alert.HealthAlert;
import io.millisight.alert.SpikeAlert;

/** The fields of an alert, alike wherever one is shown. */
final class AlertJson {

    private AlertJson() {}

    static void write(Json json, Alert alert) {
        json.instant("timestamp", alert.atMicros());
        if (alert instanceof HealthAlert health) {
            write(json, health);
        } else if (alert instanceof FleetAlert fleet) {
            write(json, fleet);
        } else {
            write(json, (SpikeAlert) alert);
        }
    }

    private static void write(Json json, SpikeAlert alert) {
        json.text("kind", "p99_spike");
        json.endpoint(alert.endpoint());
        json.millis("observed_ms", alert.observedNanos());
        json.millis("baseline_ms", alert.baselineNanos());
        json.millis("threshold_ms", alert.thresholdNanos());
        json.number("requests", alert.requests());
        json.objects("samples", alert.samples(), slow -> SlowRequestJson.write(json, slow));
    }

    private static void write(Json json, FleetAlert alert) {
        json.text("kind", "fleet_p99_spike");
        json.text("service", alert.service());
        json.endpoint(alert.endpoint());
        json.text("raised_by", alert.raisedBy());
        json.raw("details", alert.details());
    }

    private static void write(Json json, HealthAlert alert) {
        json.text("kind", "health");
        json.text("check", alert.check());
        json.text("from", alert.from().word());
        json.text("to", alert.to().word());
        json.text("message", alert.message());
        json.millis("response_time_ms", alert.responseTimeNanos());
        json.number("turns", alert.turns());
    }
}
