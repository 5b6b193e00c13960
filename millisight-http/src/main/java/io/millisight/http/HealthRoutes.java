package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.health.CheckState;
import io.millisight.health.HealthStatus;
import io.millisight.health.HealthSummary;
import io.millisight.report.HealthHistory;
import io.millisight.rollup.TimeRange;
import io.millisight.store.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the service is: from memory, whatever the checks do meanwhile, and how it was, from the store. 503 is for load
 * balancers: it says that no request should come here. Strangers are told the status, and nothing else.
 */
final class HealthRoutes {

    static final Parameter<Integer> HOURS = Parameter.wholeNumber("hours", 1, 720);
    static final Parameter<String> CHECK = Parameter.text("check", 100);

    private static final int DEFAULT_HOURS = 24;

    private final Millisight millisight;

    HealthRoutes(Millisight millisight) {
        this.millisight = millisight;
    }

    List<Route> routes() {
        List<MediaType> json = List.of(MediaType.JSON);
        return List.of(
                new Route(
                        "GET",
                        "/health",
                        List.of(),
                        json,
                        (parameters, type) -> health(),
                        (parameters, type) ->
                                status(millisight.health().summary().status())),
                new Route(
                        "GET",
                        "/health/live",
                        List.of(),
                        json,
                        (parameters, type) -> status(HealthStatus.HEALTHY),
                        (parameters, type) -> status(HealthStatus.HEALTHY)),
                new Route(
                        "GET",
                        "/health/ready",
                        List.of(),
                        json,
                        (parameters, type) -> ready(),
                        (parameters, type) ->
                                status(readiness(millisight.health().summary()))),
                new Route(
                        "GET",
                        "/health/history",
                        List.of(CHECK, HOURS, ScopeParameters.SERVICE, ScopeParameters.INSTANCE),
                        json,
                        (parameters, type) -> history(
                                parameters.get(HOURS, DEFAULT_HOURS),
                                ScopeParameters.scope(
                                        parameters, millisight.config().service()),
                                parameters.get(CHECK))));
    }

    private Answer health() {
        HealthSummary summary = millisight.health().summary();
        HealthStatus status = summary.status();
        return Answer.object(code(status), json -> {
            json.text("status", status.word());
            json.instant("timestamp", summary.atMicros());
            json.text("service", millisight.config().service());
            json.text("instance", millisight.config().instance());
            json.object("checks", () -> checks(json, summary.checks()));
        });
    }

    /** Each under its name. */
    static void checks(Json json, List<CheckState> checks) {
        checks.forEach(check -> json.object(check.name(), () -> check(json, check)));
    }

    private static void check(Json json, CheckState check) {
        json.text("status", check.status().word());
        json.instant("since", check.sinceMicros());
        json.text("observed", check.observed().word());
        json.text("message", check.message());
        json.millis("response_time_ms", check.hasRun() ? (double) check.responseTimeNanos() : Double.NaN);
        json.text("checked_at", check.hasRun() ? instant(check.checkedAtMicros()) : null);
        json.flag("stale", check.stale());
        json.flag("critical", check.critical());
        json.details("details", check.details());
    }

    private Answer ready() {
        HealthSummary summary = millisight.health().summary();
        HealthStatus status = readiness(summary);
        return Answer.object(code(status), json -> {
            json.text("status", status.word());
            json.instant("timestamp", summary.atMicros());
            json.object("checks", () -> summary.checks().stream()
                    .filter(CheckState::critical)
                    .forEach(check -> json.text(check.name(), check.reliable().word())));
        });
    }

    private static HealthStatus readiness(HealthSummary summary) {
        return summary.ready() ? HealthStatus.HEALTHY : HealthStatus.DOWN;
    }

    private static Answer status(HealthStatus status) {
        return Answer.object(code(status), json -> json.text("status", status.word()));
    }

    private static int code(HealthStatus status) {
        return status == HealthStatus.DOWN ? 503 : 200;
    }

    private Answer history(int hours, Scope scope, @Nullable String check) {
        long now = millisight.time().epochMicros();
        HealthHistory history =
                millisight.healthHistory(new TimeRange(now - hours * TimeRange.HOUR, now + 1), scope, check);
        return Answer.object(json -> {
            json.instant("from", history.range().fromMicros());
            json.instant("to", history.range().toMicros());
            json.number("hours", hours);
            ScopeParameters.write(json, scope);
            json.objects("checks", history.checks(), of -> history(json, of));
        });
    }

    private static void history(Json json, HealthHistory.OfCheck of) {
        json.text("check", of.check());
        json.text("service", of.service());
        json.text("instance", of.instance());
        json.share("uptime", of.uptime());
        json.object("seconds", () -> {
            for (HealthStatus status : HealthStatus.values()) {
                json.decimal(status.word(), of.micros(status) / 1e6, 3);
            }
        });
        json.number("transition_count", of.turnCount());
        json.objects("transitions", of.turns(), turn -> {
            json.instant("timestamp", turn.atMicros());
            json.text("from", turn.from().word());
            json.text("to", turn.to().word());
            json.text("message", turn.message());
            json.millis("response_time_ms", turn.responseTimeNanos() < 0 ? Double.NaN : turn.responseTimeNanos());
            json.raw("details", turn.details());
        });
    }

    private static String instant(long micros) {
        return TimeRange.instant(micros).toString();
    }
}
